"""Compares a fleet with NetBox as scripts do it with pynetbox. `each`: object by object; `all`: whole lists, matched here. Prints what differs."""

import json
import os
import resource
import sys

import pynetbox

netbox = pynetbox.api(os.environ['NETBOX_URL'], token=os.environ['NETBOX_TOKEN'])
with open(sys.argv[2], encoding='utf-8') as file:
    fleet = json.load(file)


def shown(device):
    return {
        'name': device.name,
        'asset_tag': device.asset_tag,
        'site': device.site.name,
        'rack': device.rack and device.rack.name,
        'position': device.position,
        'status': device.status.value,
        'manufacturer': device.device_type.manufacturer.name,
        'model': device.device_type.model,
        'hub_asset_id': device.custom_fields['hub_asset_id'],
    }


def compare(server, device, interfaces, modules):
    if device is None:
        return 1
    differences = sum(1 for name, value in shown(device).items() if value != server[name])
    macs = {str(one.mac_address).lower() for one in interfaces}
    parts = {(one.serial, one.module_type.manufacturer.name, one.module_type.model) for one in modules}
    differences += len(set(server['macs']) - macs)
    differences += len({tuple(part) for part in server['parts']} - parts)
    return differences


def one_by_one():
    total = 0
    for server in fleet:
        device = netbox.dcim.devices.get(serial=server['serial'])
        interfaces = netbox.dcim.interfaces.filter(device_id=device.id) if device else []
        modules = netbox.dcim.modules.filter(device_id=device.id) if device else []
        total += compare(server, device, interfaces, modules)
    return total


def grouped(objects):
    groups = {}
    for one in objects:
        groups.setdefault(one.device.id, []).append(one)
    return groups


def all_at_once():
    devices = {device.serial: device for device in netbox.dcim.devices.all()}
    interfaces = grouped(netbox.dcim.interfaces.all())
    modules = grouped(netbox.dcim.modules.all())
    total = 0
    for server in fleet:
        device = devices.get(server['serial'])
        key = device.id if device else None
        total += compare(server, device, interfaces.get(key, []), modules.get(key, []))
    return total


differences = one_by_one() if sys.argv[1] == 'each' else all_at_once()
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({'differences': differences, 'cpu_seconds': round(used.ru_utime + used.ru_stime, 2)}))
