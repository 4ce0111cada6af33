/**
 * Whether the windows are those of a Wayland compositor, as far as the app can tell: nothing gets the
 * focus but by a press of the person, no frame is drawn of what was never shown, and a copy without the
 * focus is dropped. What is copied is still to be seen in the X server, for want of a compositor.
 */
export const onWayland = process.env['STANDIN_WAYLAND'] === '1'
