import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'

/** Takes the message that the ring has announced, so it must be there. */
export function taken(port: MessagePort): ArrayBuffer {
  const received = receiveMessageOnPort(port)
  if (!received) throw new Error('the ring announced a message that did not come')
  return received.message as ArrayBuffer
}
