/**
 * The file of the icon of windows, for Linux: there only an installed desktop entry would give them one, which
 * an AppImage and a tar.gz do not have.
 */
export { default as windowIcon } from '../../../build/icons/256x256.png?asset'
