import { contextBridge } from 'electron'
import { BRIDGE_NAME, type Bridge } from './contract.ts'

const bridge: Bridge = {}

contextBridge.exposeInMainWorld(BRIDGE_NAME, bridge)
