"""A logind of the tests: two sessions, one of this user and one of somebody else."""
import os
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

SESSION = "org.freedesktop.login1.Session"


class Manager(dbus.service.Object):
    @dbus.service.signal("org.freedesktop.login1.Manager", signature="b")
    def PrepareForSleep(self, start):
        pass


class Session(dbus.service.Object):
    def __init__(self, bus, number, uid):
        super().__init__(bus, "/org/freedesktop/login1/session/_3%d" % number)
        self.uid = uid

    @dbus.service.signal(SESSION, signature="")
    def Lock(self):
        pass

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        if (interface, name) != (SESSION, "User") or self.uid is None:
            raise dbus.DBusException("There is no such property.")
        user = dbus.ObjectPath("/org/freedesktop/login1/user/_%d" % self.uid)
        return dbus.Struct((dbus.UInt32(self.uid), user), signature="uo")


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SystemBus()
name = dbus.service.BusName("org.freedesktop.login1", bus)
manager = Manager(bus, "/org/freedesktop/login1")
uids = {1: os.getuid(), 2: os.getuid() + 1, 3: None}
sessions = {number: Session(bus, number, uid) for number, uid in uids.items()}


def obey(source, condition):
    words = sys.stdin.readline().split()
    if not words:
        sys.exit(0)
    if words[0] == "lock":
        sessions[int(words[1])].Lock()
    else:
        manager.PrepareForSleep(words[0] == "sleep")
    bus.flush()
    print("done", flush=True)
    return True


GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, obey)
print("ready", flush=True)
GLib.MainLoop().run()
