import { Page } from '../../layout/page.tsx';

export function ProvidersPage() {
  return <Page title="Providers">{null}</Page>;
}
