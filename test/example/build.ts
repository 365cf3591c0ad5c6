import { writeFileSync } from 'node:fs'

import { buildExample } from './build-example.ts'

const folder = new URL('../../examples/', import.meta.url)
const { capture, resolution, truth } = buildExample()
writeFileSync(new URL('checkout-incident.pcap', folder), capture)
writeFileSync(new URL('checkout-incident.resolution.json', folder), resolution)
writeFileSync(new URL('checkout-incident.truth.json', folder), truth)
console.log(`examples/checkout-incident.pcap: ${capture.length} bytes`)
