import { VisavisAgent } from './element.ts';
import { serverOfScript } from './script-address.ts';

// Two scripts of the widget on one page: the first one stays.
if (!customElements.get('visavis-agent')) {
  VisavisAgent.server = serverOfScript();
  customElements.define('visavis-agent', VisavisAgent);
}
