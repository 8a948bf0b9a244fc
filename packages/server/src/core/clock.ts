/** Wall clock in ms since 1970; tests put a fake one in its place. */
export type Now = () => number;
