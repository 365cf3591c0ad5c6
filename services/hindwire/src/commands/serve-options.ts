import { dissectorHelp } from '@hindwire/dissector/config.ts'
import { gatewayHelp } from '@hindwire/gateway/config.ts'
import { type Command, Option } from 'commander'

import { commandHelp } from '../config.ts'
import { whole } from './whole.ts'

/** Adds the options of commands that run the services. */
export function addServeOptions(command: Command): Command {
  return command
    .addOption(new Option('--data <directory>', 'directory that holds everything (HINDWIRE_DATA, default ./data)'))
    .addOption(new Option('--host <address>', 'address to listen on (HINDWIRE_HOST, default 127.0.0.1)'))
    .addOption(
      new Option('--port <port>', 'port to listen on, 0 for any (HINDWIRE_PORT, default 8898)').argParser(
        whole(0, 65_535),
      ),
    )
    .addOption(
      new Option('--workers <n>', 'shards dissected at the same time (HINDWIRE_WORKERS)').argParser(whole(1, 256)),
    )
    .addOption(new Option('--verbose', 'log what happens'))
    .addHelpText('after', () => `\nEnvironment:\n${commandHelp()}${dissectorHelp()}${gatewayHelp()}`)
}
