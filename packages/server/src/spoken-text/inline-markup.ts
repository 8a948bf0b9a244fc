/** Follows inline code and links, inside of which nothing is cut. */
export interface InlineMarkup {
  step(unit: string): void;
  /** Neither lasts over a line break. */
  endLine(): void;
  isOpen(): boolean;
}

/** A backtick or a bracket that is not closed within so many characters was only a character. */
const LONGEST_CODE = 300;
const LONGEST_LINK = 1000;

/** Starts outside of both. */
export function createInlineMarkup(): InlineMarkup {
  let backticks = 0;
  /** Length of the run that opened the code, 0 outside. */
  let codeMark = 0;
  let codeLength = 0;
  let link: 'none' | 'text' | 'closed' | 'address' = 'none';
  let depth = 0;
  let linkLength = 0;

  function endRun(): void {
    if (backticks === 0) return;
    if (codeMark === 0) codeMark = backticks;
    else if (codeMark === backticks) codeMark = 0;
    backticks = 0;
    codeLength = 0;
  }

  function followLink(unit: string): void {
    linkLength += 1;
    if (linkLength > LONGEST_LINK) link = 'none';
    switch (link) {
      case 'none':
        if (unit === '[') {
          link = 'text';
          depth = 1;
          linkLength = 0;
        }
        return;
      case 'text':
        if (unit === '[') depth += 1;
        if (unit === ']') depth -= 1;
        if (depth === 0) link = 'closed';
        return;
      case 'closed':
        link = unit === '(' ? 'address' : 'none';
        depth = 1;
        return;
      case 'address':
        if (unit === '(') depth += 1;
        if (unit === ')') depth -= 1;
        if (depth === 0) link = 'none';
        return;
    }
  }

  return {
    step(unit) {
      if (unit === '`') {
        backticks += 1;
        return;
      }
      endRun();
      if (codeMark === 0) followLink(unit);
      else {
        codeLength += 1;
        if (codeLength > LONGEST_CODE) codeMark = 0;
      }
    },
    endLine() {
      backticks = 0;
      codeMark = 0;
      link = 'none';
    },
    // A closing run is as long as the opening one: then nothing is open any more, before the next character tells so.
    isOpen: () => (codeMark === 0 ? backticks > 0 : backticks !== codeMark) || link !== 'none',
  };
}
