/** The SDK of Visavis: every REST endpoint, typed; for browsers and Node. */
export {};
