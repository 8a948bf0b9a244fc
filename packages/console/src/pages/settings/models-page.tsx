import { Page } from '../../layout/page.tsx';

export function ModelsPage() {
  return <Page title="Models">{null}</Page>;
}
