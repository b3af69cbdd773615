"""The demo's year: above every room, for `huijiang demo` and for tests.  Everything goes through the rooms' services, by
officers of the demo, under the laws that hold for everybody."""
