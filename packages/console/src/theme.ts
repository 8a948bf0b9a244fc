import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';
import { shellTexts as texts } from './texts/shell.ts';

/** The colour of Visavis: iris. Shade 7 on white and shade 3 on the dark page both read at 4.5:1 or better. */
const iris: MantineColorsTuple = [
  '#f1f0ff',
  '#e0deff',
  '#bfbaff',
  '#a39dfa',
  '#8880f0',
  '#6b62df',
  '#5d54d6',
  '#4b45c6',
  '#3d38a8',
  '#2f2b85',
];

export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 7, dark: 5 },
  colors: { iris },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  headings: { fontFamily: 'inherit', fontWeight: '650' },
  components: {
    Tooltip: { defaultProps: { openDelay: 300 } },
    Badge: { defaultProps: { radius: 'sm', tt: 'none', fw: 600 } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': texts.close } } },
    // What would have the focus instead of the first item is nothing that a menu may hold (ARIA 1.2, menu).
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Modal: { defaultProps: { centered: true, closeButtonProps: { 'aria-label': texts.close } } },
  },
});

/** Mantine's quiet text and its red are too pale for the accessibility guidelines (WCAG 2.2, 1.4.3: 4.5:1). */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#565e66',
    '--mantine-color-placeholder': '#6b737b',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-teal-light-color': '#066649',
    '--mantine-color-yellow-light-color': '#7a4a00',
    '--mantine-color-orange-light-color': '#9a3b05',
    '--mantine-color-green-light-color': '#1b6a2b',
    '--mantine-color-red-light-color': '#a3201c',
    '--mantine-color-red-6': '#c92a2a',
    '--mantine-color-red-filled': '#c92a2a',
    '--mantine-color-red-filled-hover': '#b02525',
    '--visavis-page': '#f7f7fa',
    '--visavis-card': '#ffffff',
  },
  dark: {
    '--mantine-color-dimmed': '#a9b1ba',
    '--mantine-color-placeholder': '#8f979f',
    '--mantine-color-error': '#ffb4ab',
    '--mantine-color-red-6': '#ff8787',
    '--mantine-color-red-filled': '#c92a2a',
    '--mantine-color-red-filled-hover': '#b02525',
    '--visavis-page': '#141517',
    '--visavis-card': '#1e1f22',
  },
});
