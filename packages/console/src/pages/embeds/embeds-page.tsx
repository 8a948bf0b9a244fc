import { Page } from '../../layout/page.tsx';

export function EmbedsPage() {
  return <Page title="Embeds">{null}</Page>;
}
