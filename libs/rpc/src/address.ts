import { existsSync, unlinkSync } from 'node:fs'
import { connect } from 'node:net'

import { AppError } from '@hindwire/service-kit/app-error.ts'

/** sun_path holds 108 bytes on Linux, 104 on macOS, the closing NUL included (unix(7)). */
const MAX_SOCKET_PATH = 103

/** Path of a `unix:/path/to.sock` address; null for `host:port`. */
export function socketPath(address: string): string | null {
  if (!address.startsWith('unix:')) return null
  const path = address.slice('unix:'.length).replace(/^\/\/(?=\/)/, '')
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH) {
    const text = `The socket path ${path} is longer than ${MAX_SOCKET_PATH} bytes. Choose a shorter data directory.`
    throw new AppError('socket_path_too_long', 500, text)
  }
  return path
}

/**
 * Removes the socket file that a killed process left behind.
 * @throws AppError `address_in_use` when a living process listens on it
 */
export async function clearStaleSocket(path: string): Promise<void> {
  if (!existsSync(path)) return
  if (await answers(path)) {
    throw new AppError('address_in_use', 500, `Another process listens on ${path}. Stop it first.`)
  }
  unlinkSync(path)
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
