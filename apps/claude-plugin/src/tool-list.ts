/** What the tools are called and take, as the protocol lists them. The build puts it in, so that a session need not load them. */
declare const __TOOL_LIST__: { readonly tools: unknown[] } | undefined
export const toolList = typeof __TOOL_LIST__ === 'object' ? __TOOL_LIST__.tools : []
