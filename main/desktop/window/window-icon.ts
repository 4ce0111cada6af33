/**
 * The window icon for Linux, where windows otherwise get their icon from an installed desktop entry,
 * which an AppImage and a tar.gz do not have.
 */
export { default as windowIcon } from '../../../build/icons/256x256.png?asset'
