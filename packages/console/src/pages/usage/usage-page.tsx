import { Page } from '../../layout/page.tsx';

export function UsagePage() {
  return <Page title="Usage">{null}</Page>;
}
