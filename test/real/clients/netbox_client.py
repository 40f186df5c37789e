"""The client `pynetbox` against the simulated NetBox."""

import os

from checks import check, raises, run
import pynetbox
import requests

URL = os.environ['NETBOX_URL']
TOKEN = os.environ['NETBOX_TOKEN']
netbox = pynetbox.api(URL, token=TOKEN)


def ensure(endpoint, name, **more):
    slug = name.lower().replace(' ', '-')
    return endpoint.get(slug=slug) or endpoint.create(name=name, slug=slug, **more)


def base():
    maker = ensure(netbox.dcim.manufacturers, 'Acme')
    kind = netbox.dcim.device_types.get(slug='a1') or netbox.dcim.device_types.create(manufacturer=maker.id, model='A1', slug='a1', u_height=1)
    return {'device_type': kind.id, 'role': ensure(netbox.dcim.device_roles, 'Server').id, 'site': ensure(netbox.dcim.sites, 'Client test', status='active').id}


@check
def version():
    """version and status"""
    major = netbox.version.split('.')[0]
    assert major == '4', netbox.version
    assert netbox.status()['netbox-version'].startswith(netbox.version)


@check
def crud():
    """create, filter, get, update, delete"""
    made = netbox.dcim.devices.create(name='py01', status='planned', serial='S1', **base())
    assert [one.id for one in netbox.dcim.devices.filter(name='py01')] == [made.id]
    one = netbox.dcim.devices.get(made.id)
    assert (one.name, one.status.value, one.site.slug) == ('py01', 'planned', 'client-test')
    assert one.update({'status': 'active', 'serial': 'S2'})
    again = netbox.dcim.devices.get(serial='S2')
    assert again.status.value == 'active', again.status
    again.serial = 'S3'
    assert again.save()
    assert netbox.dcim.devices.get(made.id).serial == 'S3'
    assert made.delete()
    assert netbox.dcim.devices.get(made.id) is None


@check
def pages():
    """more than one page of devices"""
    ids = base()
    for index in range(55):
        netbox.dcim.devices.create(name=f'page{index:02}', status='planned', **ids)
    devices = list(netbox.dcim.devices.filter(site='client-test'))
    assert len(devices) == 55 and len({one.id for one in devices}) == 55, len(devices)
    assert netbox.dcim.devices.count(site='client-test') == 55
    assert len(list(netbox.dcim.devices.all(limit=10))) >= 55


@check
def unknown_filter():
    """a filter that does not exist gives the whole table, and no error"""
    everything = netbox.dcim.devices.count()
    assert everything >= 55
    assert netbox.dcim.devices.count(no_such_filter='x') == everything


@check
def bad_requests():
    """400 with the field's name"""
    error = raises(pynetbox.RequestError, lambda: netbox.dcim.devices.create(name='x', **{**base(), 'device_type': 999999}))
    assert error.req.status_code == 400 and 'device_type' in error.req.json(), error.error
    error = raises(pynetbox.RequestError, lambda: netbox.dcim.devices.create(name='x'))
    assert {'device_type', 'role', 'site'} <= set(error.req.json()), error.error


@check
def not_found():
    """404 for an id that is not there"""
    assert netbox.dcim.devices.get(987654321) is None


@check
def wrong_token():
    """a wrong token is refused with 403"""
    other = pynetbox.api(URL, token='0123456789abcdef0123456789abcdef01234567')
    error = raises(pynetbox.RequestError, lambda: list(other.dcim.devices.all()))
    assert error.req.status_code == 403, error.req.status_code
    assert requests.get(f'{URL}/api/dcim/devices/', timeout=10).status_code == 403


run()
