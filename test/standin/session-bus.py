"""Speaks to the session bus for the stand-in: exports the tray and sends notifications.

Reads one JSON object per line, writes one per event, and ends with its standard input.
"""

import base64
import json
import os
import sys
import threading

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

ITEM = 'org.kde.StatusNotifierItem'
MENU = 'com.canonical.dbusmenu'
MENU_PATH = '/com/canonical/dbusmenu'
WATCHER = 'org.kde.StatusNotifierWatcher'
WATCHER_PATH = '/StatusNotifierWatcher'
NOTIFICATIONS = 'org.freedesktop.Notifications'

dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
loop = GLib.MainLoop()


def tell(**message):
    print(json.dumps(message), flush=True)


def to_label(text):
    """Electron marks the access key by an ampersand, the protocol by an underscore."""
    parts = text.replace('_', '__').split('&&')
    return '&'.join(part.replace('&', '_') for part in parts)


class Failed(dbus.DBusException):
    """Chromium's answer to a call that it does not follow."""

    _dbus_error_name = 'org.freedesktop.DBus.Error.Failed'


class DbusMenu(dbus.service.Object):
    """The menu as it was last set, as Chromium exports it (components/dbus/menu/menu.cc).

    Each change makes a new revision, in which every line has a new number: a click on a number of
    before finds nothing.
    """

    def __init__(self, connection, tray):
        super().__init__(connection, MENU_PATH)
        self.tray = tray
        self.revision = 1
        self.last = 0
        self.lines = []

    def set(self, lines):
        self.lines = [self.numbered(line) for line in lines]
        self.revision += 1
        self.LayoutUpdated(dbus.UInt32(self.revision), dbus.Int32(0))

    def numbered(self, line):
        items = [self.numbered(each) for each in line['items']]
        self.last += 1
        return {**line, 'number': self.last, 'items': items}

    def find(self, number, lines=None):
        for line in self.lines if lines is None else lines:
            found = line if line['number'] == number else self.find(number, line['items'])
            if found:
                return found
        return None

    def existing(self, number):
        line = self.find(number)
        if line is None:
            raise Failed(f'There is no item {number}.')
        return line

    def properties(self, line):
        if line is None:
            return {'children-display': 'submenu'}
        shown = {'label': to_label(line['label'])}
        if line['type'] == 'separator':
            shown = {'type': 'separator'}
        if not line['enabled']:
            shown['enabled'] = dbus.Boolean(False)
        if not line['visible']:
            shown['visible'] = dbus.Boolean(False)
        if line['type'] in ('checkbox', 'radio'):
            shown['toggle-type'] = 'checkmark' if line['type'] == 'checkbox' else 'radio'
            shown['toggle-state'] = dbus.Int32(1 if line['checked'] else 0)
        if line['items']:
            shown['children-display'] = 'submenu'
        return shown

    def layout(self, number, depth):
        line = self.find(number) if number else None
        lines = self.lines if number == 0 else (line or {'items': []})['items']
        children = [] if depth == 0 else [self.layout(child['number'], depth - 1) for child in lines]
        return dbus.Struct(
            (
                dbus.Int32(number),
                dbus.Dictionary(self.properties(line), signature='sv'),
                dbus.Array(children, signature='v'),
            ),
            signature='ia{sv}av',
        )

    @dbus.service.method(MENU, in_signature='iias', out_signature='u(ia{sv}av)')
    def GetLayout(self, parent, depth, names):
        return dbus.UInt32(self.revision), self.layout(int(parent), int(depth))

    @dbus.service.method(MENU, in_signature='aias', out_signature='a(ia{sv})')
    def GetGroupProperties(self, numbers, names):
        return [(number, self.properties(self.find(int(number)))) for number in numbers]

    @dbus.service.method(MENU, in_signature='isvu')
    def Event(self, number, kind, data, time):
        """Only clicks are passed on: that a menu was opened or closed is not."""
        line = self.existing(int(number)) if number else None
        if kind == 'clicked' and line and line['enabled'] and line['visible']:
            tell(event='menu', tray=self.tray, line=line['id'])

    @dbus.service.method(MENU, in_signature='i', out_signature='b')
    def AboutToShow(self, number):
        """Passed on for submenus. Chromium has no model of the menu itself, and refuses."""
        line = self.existing(int(number))
        if not line['items']:
            raise Failed(f'Item {int(number)} has no submenu.')
        tell(event='submenu', tray=self.tray, line=line['id'])
        return False

    @dbus.service.signal(MENU, signature='ui')
    def LayoutUpdated(self, revision, parent):
        pass

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature='ss', out_signature='v')
    def Get(self, interface, name):
        return self.GetAll(interface)[name]

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature='s', out_signature='a{sv}')
    def GetAll(self, interface):
        return {'Version': dbus.UInt32(3), 'Status': 'normal', 'TextDirection': 'ltr'}


class Item(dbus.service.Object):
    """An icon, on a connection of its own, as Chromium has it.

    It looks for a panel once: where none is there at that moment nobody ever sees it. To a panel that
    comes in the place of another one it goes by itself.
    """

    def __init__(self, number, shown):
        self.bus = dbus.SessionBus(private=True)
        # Its end is that of this icon, and not of the program.
        self.bus.set_exit_on_disconnect(False)
        super().__init__(self.bus, '/StatusNotifierItem')
        self.number = number
        self.shown = shown
        self.menu = DbusMenu(self.bus, number)
        self.menu.set(shown['menu'])
        self.name = None
        if bus.name_has_owner(WATCHER):
            properties = dbus.Interface(
                self.bus.get_object(WATCHER, WATCHER_PATH, introspect=False),
                dbus.PROPERTIES_IFACE,
            )
            properties.Get(
                *(WATCHER, 'IsStatusNotifierHostRegistered'),
                reply_handler=self.found,
                error_handler=lambda error: None,
            )

    def found(self, is_there):
        if not is_there or self.bus is None:
            return
        self.name = dbus.service.BusName(f'{ITEM}-{os.getpid()}-{self.number}', self.bus)
        self.bus.watch_name_owner(WATCHER, self.register)

    def register(self, owner):
        if owner and self.bus is not None:
            send(WATCHER, WATCHER_PATH, 'RegisterStatusNotifierItem', self.name.get_name())

    def set(self, shown):
        before, self.shown = self.shown, shown
        # Chromium exports the menu anew with each tooltip, too.
        if before['menu'] != shown['menu'] or before['toolTip'] != shown['toolTip']:
            self.menu.set(shown['menu'])
        if before['toolTip'] != shown['toolTip']:
            self.NewToolTip()
        if before['icon'] != shown['icon']:
            self.NewIcon()

    def remove(self):
        self.bus.close()
        self.bus = None

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature='ss', out_signature='v')
    def Get(self, interface, name):
        return self.GetAll(interface)[name]

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature='s', out_signature='a{sv}')
    def GetAll(self, interface):
        no_pixels = dbus.Array([], signature='(iiay)')
        tool_tip = dbus.Struct(
            ('', no_pixels, self.shown['toolTip'], ''), signature='sa(iiay)ss'
        )
        # A name only on desktops that are known to need a file, which this one is not.
        icon = self.shown['icon']
        pixels = dbus.ByteArray(base64.b64decode(icon['pixels']))
        image = dbus.Struct((dbus.Int32(icon['width']), dbus.Int32(icon['height']), pixels))
        return {
            'Category': 'ApplicationStatus',
            'Id': f'standin_{self.number}',
            'Title': '',
            'Status': 'Active',
            'IconPixmap': dbus.Array([image], signature='(iiay)'),
            'ToolTip': tool_tip,
            'ItemIsMenu': False,
            'Menu': dbus.ObjectPath(MENU_PATH),
        }

    @dbus.service.method(ITEM, in_signature='ii')
    def Activate(self, x, y):
        tell(event='activate', tray=self.number)

    @dbus.service.signal(ITEM)
    def NewIcon(self):
        pass

    @dbus.service.signal(ITEM)
    def NewToolTip(self):
        pass


items = {}
# The number of each notification that is shown; the tags of those that are on their way, and of which
# of these are to be closed again.
shown = {}
sent = set()
unwanted = set()


def read_lines():
    for line in sys.stdin:
        GLib.idle_add(obey, json.loads(line))
    GLib.idle_add(loop.quit)


def obey(message):
    if 'tray' in message:
        number, shown = message['tray'], message['shown']
        if shown is None:
            items.pop(number).remove()
        elif number in items:
            items[number].set(shown)
        else:
            items[number] = Item(number, shown)
    elif 'notify' in message:
        notify(**message['notify'])
    elif 'close' in message:
        close(message['close'])
    return False


def send(name, path, method, *arguments, answered=lambda *answer: None, failed=lambda: None):
    """Waits for nobody: the other end may be waiting for us, and then both would hang.

    So the interface is not asked for either, and each argument has the type that the method wants.
    """

    def refused(error):
        print(error, file=sys.stderr)
        failed()

    there = dbus.Interface(bus.get_object(name, path, introspect=False), name)
    getattr(there, method)(*arguments, reply_handler=answered, error_handler=refused)


def to_notifications(method, *arguments, **handlers):
    send(NOTIFICATIONS, '/org/freedesktop/Notifications', method, *arguments, **handlers)


def notify(tag, title, body):
    def answered(number):
        sent.discard(tag)
        shown[int(number)] = tag
        tell(event='notification', tag=tag, what='show')
        if tag in unwanted:
            unwanted.discard(tag)
            close(tag)

    def failed():
        sent.discard(tag)
        unwanted.discard(tag)
        tell(event='notification', tag=tag, what='failed')

    sent.add(tag)
    actions = dbus.Array(['default', 'Open'], signature='s')
    hints = dbus.Dictionary({}, signature='sv')
    to_notifications(
        *('Notify', 'standin', dbus.UInt32(0), '', title, body, actions, hints, dbus.Int32(-1)),
        answered=answered,
        failed=failed,
    )


def close(tag):
    if tag in sent:
        unwanted.add(tag)
    for number in [number for number, each in shown.items() if each == tag]:
        to_notifications('CloseNotification', dbus.UInt32(number))


def invoked(number, action):
    if int(number) in shown:
        tell(event='notification', tag=shown[int(number)], what='click')


def closed(number, reason):
    tag = shown.pop(int(number), None)
    if tag is not None:
        tell(event='notification', tag=tag, what='close')


bus.add_signal_receiver(invoked, 'ActionInvoked', NOTIFICATIONS)
bus.add_signal_receiver(closed, 'NotificationClosed', NOTIFICATIONS)
threading.Thread(target=read_lines, daemon=True).start()
loop.run()
