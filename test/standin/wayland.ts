/**
 * Whether the app sees a Wayland compositor: nothing gets the
 * focus without a user action, no frame is drawn before the first show, and a copy without the
 * focus is dropped. Copies still go to the X server, for lack of a compositor.
 */
export const onWayland = process.env['STANDIN_WAYLAND'] === '1'
