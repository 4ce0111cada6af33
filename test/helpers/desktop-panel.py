"""A desktop panel on the session bus for tests: shows tray icons and their menus, takes
notifications, and signals screen lock and sleep.

Reads one JSON object per line, {"id": 1, "do": "menu", ...}, and answers each with {"id", "answer"}
or {"id", "error"}. Exits at the end of its standard input.
"""

import hashlib
import json
import os
import select
import sys
import threading

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

WATCHER = 'org.kde.StatusNotifierWatcher'
ITEM = 'org.kde.StatusNotifierItem'
MENU = 'com.canonical.dbusmenu'
NOTIFICATIONS = 'org.freedesktop.Notifications'
SCREEN_SAVER = 'org.freedesktop.ScreenSaver'
LOGIN = 'org.freedesktop.login1'

dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
loop = GLib.MainLoop()


class Watcher(dbus.service.Object):
    """Registers the icons."""

    def __init__(self):
        super().__init__(bus, '/StatusNotifierWatcher')
        self.items = []
        bus.add_signal_receiver(self.gone, 'NameOwnerChanged', 'org.freedesktop.DBus')
        self.come()

    def come(self):
        bus.request_name(WATCHER)

    def leave(self):
        self.items = []
        bus.release_name(WATCHER)

    def gone(self, name, old, new):
        if not new:
            self.items = [item for item in self.items if item[0] != name and item[2] != name]

    @dbus.service.method(WATCHER, in_signature='s', sender_keyword='sender')
    def RegisterStatusNotifierItem(self, service, sender=None):
        # A path of the sender, or a bus name with the default path.
        isPath = service.startswith('/')
        item = (sender, service, sender) if isPath else (service, '/StatusNotifierItem', sender)
        self.items.append(item)
        self.StatusNotifierItemRegistered(item[0] + item[1])

    @dbus.service.method(WATCHER, in_signature='s')
    def RegisterStatusNotifierHost(self, service):
        pass

    @dbus.service.signal(WATCHER, signature='s')
    def StatusNotifierItemRegistered(self, service):
        pass

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature='ss', out_signature='v')
    def Get(self, interface, name):
        return self.GetAll(interface)[name]

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature='s', out_signature='a{sv}')
    def GetAll(self, interface):
        names = [item[0] + item[1] for item in self.items]
        return {
            'IsStatusNotifierHostRegistered': dbus.Boolean(True),
            'ProtocolVersion': dbus.Int32(0),
            'RegisteredStatusNotifierItems': dbus.Array(names, signature='s'),
        }


class Notifications(dbus.service.Object):
    """Keeps the notifications shown."""

    def __init__(self):
        self.name = dbus.service.BusName(NOTIFICATIONS, bus)
        super().__init__(bus, '/org/freedesktop/Notifications')
        self.shown = []

    @dbus.service.method(NOTIFICATIONS, in_signature='susssasa{sv}i', out_signature='u')
    def Notify(self, app, replaces, icon, title, body, actions, hints, timeout):
        number = int(replaces) or len(self.shown) + 1
        self.shown.append({'id': number, 'title': str(title), 'body': str(body), 'open': True})
        return dbus.UInt32(number)

    @dbus.service.method(NOTIFICATIONS, in_signature='u')
    def CloseNotification(self, number):
        for notification in self.shown:
            if notification['id'] == int(number):
                notification['open'] = False
        self.NotificationClosed(dbus.UInt32(number), dbus.UInt32(3))

    @dbus.service.method(NOTIFICATIONS, out_signature='as')
    def GetCapabilities(self):
        return ['body', 'actions']

    @dbus.service.method(NOTIFICATIONS, out_signature='ssss')
    def GetServerInformation(self):
        return 'tests', 'tokentray', '1', '1.2'

    @dbus.service.signal(NOTIFICATIONS, signature='us')
    def ActionInvoked(self, number, action):
        pass

    @dbus.service.signal(NOTIFICATIONS, signature='uu')
    def NotificationClosed(self, number, reason):
        pass


class ScreenSaver(dbus.service.Object):
    def __init__(self):
        self.name = dbus.service.BusName(SCREEN_SAVER, bus)
        super().__init__(bus, '/org/freedesktop/ScreenSaver')

    @dbus.service.signal(SCREEN_SAVER, signature='b')
    def ActiveChanged(self, active):
        pass


class Login(dbus.service.Object):
    """logind; in tests the system bus is this bus too."""

    def __init__(self):
        self.name = dbus.service.BusName(LOGIN, bus)
        super().__init__(bus, '/org/freedesktop/login1')
        self.inhibitors = []

    @dbus.service.method(f'{LOGIN}.Manager', in_signature='ssss', out_signature='h')
    def Inhibit(self, what, who, why, mode):
        kept, given = os.pipe()
        self.inhibitors.append((kept, {'what': str(what), 'who': str(who), 'mode': str(mode)}))
        lock = dbus.types.UnixFd(given)
        os.close(given)
        return lock

    def held(self):
        """The inhibitors whose lock is still open."""
        ended, _, _ = select.select([kept for kept, _ in self.inhibitors], [], [], 0)
        self.inhibitors = [each for each in self.inhibitors if each[0] not in ended]
        return [told for _, told in self.inhibitors]

    @dbus.service.signal(f'{LOGIN}.Manager', signature='b')
    def PrepareForSleep(self, start):
        pass


watcher = Watcher()
notifications = Notifications()
screen_saver = ScreenSaver()
login = Login()


def properties():
    if not watcher.items:
        return None, None
    name, path, _ = watcher.items[-1]
    # Without introspection: an icon that disappears meanwhile would block everything.
    item = bus.get_object(name, path, introspect=False)
    return item, dbus.Interface(item, dbus.PROPERTIES_IFACE).GetAll(ITEM)


def menu_of(item, found):
    menu = bus.get_object(item.bus_name, str(found['Menu']), introspect=False)
    return dbus.Interface(menu, MENU)


def to_line(node):
    number, shown, children = node
    return {
        'id': int(number),
        'label': str(shown.get('label', '')).replace('__', '\0').replace('_', '').replace('\0', '_'),
        'type': str(shown.get('type', 'standard')),
        'enabled': bool(shown.get('enabled', True)),
        'visible': bool(shown.get('visible', True)),
        'checked': int(shown.get('toggle-state', 0)) == 1,
        'lines': [to_line(child) for child in children],
    }


def to_icon(found):
    """Identifies the image, whether sent as pixels or as a file with a numbered name."""
    if found.get('IconName'):
        folder = str(found.get('IconThemePath', ''))
        with open(os.path.join(folder, f'{found["IconName"]}.png'), 'rb') as file:
            return hashlib.sha256(file.read()).hexdigest()
    pixels = hashlib.sha256()
    for width, height, image in found['IconPixmap']:
        pixels.update(f'{width}x{height}'.encode() + bytes(image))
    return pixels.hexdigest()


def do_tray():
    item, found = properties()
    if item is None:
        return None
    _, layout = menu_of(item, found).GetLayout(dbus.Int32(0), dbus.Int32(-1), dbus.Array([], signature='s'))
    return {
        'toolTip': str(found['ToolTip'][2]),
        'icon': to_icon(found),
        'lines': to_line(layout)['lines'],
    }


def do_leave():
    watcher.leave()


def do_come():
    watcher.come()


def do_inhibitors():
    return login.held()


def do_open(lines):
    """Opens the menu and the submenus of these lines, announcing each as desktops do."""
    item, found = properties()
    menu = menu_of(item, found)
    for line in [0, *lines]:
        tell_menu(menu, line, 'opened')
        try:
            menu.AboutToShow(dbus.Int32(line))
        except dbus.DBusException:
            # As desktops do: some programs, such as Chromium for the menu itself, do not follow.
            pass


def do_click(lines, opened):
    """Clicks the last of these lines, and closes the menu."""
    if not opened:
        do_open(lines[:-1])
    item, found = properties()
    menu = menu_of(item, found)
    tell_menu(menu, lines[-1], 'clicked')
    try:
        for line in [*reversed(lines[:-1]), 0]:
            tell_menu(menu, line, 'closed')
    except dbus.DBusException:
        # The program has replaced the menu, or ended, since.
        pass


def tell_menu(menu, line, event):
    menu.Event(dbus.Int32(line), event, dbus.Int32(0, variant_level=1), dbus.UInt32(0))


def do_activate():
    item, _ = properties()
    dbus.Interface(item, ITEM).Activate(dbus.Int32(0), dbus.Int32(0))


def do_notifications():
    return notifications.shown


def do_choose(notification):
    notifications.ActionInvoked(dbus.UInt32(notification), 'default')


def do_lock_screen(locked):
    screen_saver.ActiveChanged(dbus.Boolean(locked))


def do_sleep(start):
    login.PrepareForSleep(dbus.Boolean(start))


def answer(message):
    number, name = message.pop('id'), message.pop('do')
    try:
        told = {'id': number, 'answer': globals()[f'do_{name}'](**message)}
    except dbus.DBusException as error:
        told = {'id': number, 'error': str(error)}
    print(json.dumps(told), flush=True)
    return False


def read_lines():
    for line in sys.stdin:
        GLib.idle_add(answer, json.loads(line))
    GLib.idle_add(loop.quit)


threading.Thread(target=read_lines, daemon=True).start()
print(json.dumps({'id': 0, 'answer': None}), flush=True)
loop.run()
