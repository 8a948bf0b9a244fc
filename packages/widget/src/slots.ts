/** Places that elements of this page have taken, by embed. */
const taken = new Map<string, Set<string>>();

/**
 * Names the place of an element among those of the same embed on the page, so that each finds its own conversation after a reload: its
 * `id`, or the first free number.
 */
export function takeSlot(embed: string, id: string): { name: string; release: () => void } {
  const ofEmbed = taken.get(embed) ?? new Set<string>();
  taken.set(embed, ofEmbed);
  let name = id === '' ? '1' : `#${id}`;
  for (let number = 2; ofEmbed.has(name); number++) name = String(number);
  ofEmbed.add(name);
  return { name, release: () => void ofEmbed.delete(name) };
}
