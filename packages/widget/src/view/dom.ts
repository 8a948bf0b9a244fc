type Value = string | number | boolean | undefined;
export type Child = Node | string | undefined;

/**
 * An element with its attributes and children. Nothing of it is parsed as HTML and no `style` attribute is written, so that it works
 * under any content security policy, trusted types among them.
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

function setAttributes(target: Element, attributes: Record<string, Value>): void {
  for (const [name, value] of Object.entries(attributes)) setAttribute(target, name, value);
}

/** `true` is an empty attribute; `false` and undefined are none. */
export function setAttribute(target: Element, name: string, value: Value): void {
  if (value === undefined || value === false) target.removeAttribute(name);
  else {
    const text = value === true ? '' : String(value);
    if (target.getAttribute(name) !== text) target.setAttribute(name, text);
  }
}

/** Touches the element only where its text is another. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** A picture of 24 by 24, drawn in the colour of the text around it. */
export function icon(paths: readonly string[], options: { mirrored?: boolean } = {}): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  setAttributes(svg, {
    viewBox: '0 0 24 24',
    width: 24,
    height: 24,
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': 2,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'aria-hidden': 'true',
    focusable: 'false',
    class: options.mirrored ? 'mirrored' : undefined,
  });
  for (const d of paths) {
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}
