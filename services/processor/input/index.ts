import { fileInput } from './file.ts'
import { httpInput } from './http.ts'
import { kafkaInput } from './kafka-options.ts'
import { stdinInput } from './stdin.ts'
import { syslogInput } from './syslog.ts'
import { tcpInput } from './tcp.ts'
import { udpInput } from './udp.ts'
import { unixInput } from './unix.ts'

/** The kinds of inputs. Their types are those that `inputs:` uses. */
export const inputKinds = [fileInput, httpInput, kafkaInput, stdinInput, syslogInput, tcpInput, udpInput, unixInput] as const
