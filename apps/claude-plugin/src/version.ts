/** The version of the plugin; the build puts in the one of its manifest. */
declare const __PLUGIN_VERSION__: string | undefined
export const VERSION = typeof __PLUGIN_VERSION__ === 'string' ? __PLUGIN_VERSION__ : '0.0.0'
