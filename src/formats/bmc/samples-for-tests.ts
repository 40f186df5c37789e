/** A small answer of every format of this room, of our own making. */
export const bmcSamples: Record<string, string> = {
  'ipmitool-fru': `FRU Device Description : Builtin FRU Device (ID 0)
 Board Mfg             : ACME
 Board Product         : Board X1
 Board Serial          : BRD0001
 Board Part Number     : 0ABC01
 Product Manufacturer  : ACME
 Product Name          : Rackster 100
 Product Serial        : CHS0001
 Product Asset Tag     :

FRU Device Description : PS1 (ID 1)
 Board Mfg             : ACME
 Board Product         : PWR SPLY,750W,RDNT,OWN
 Board Serial          : PSU0001
 Board Part Number     : 0PS1

FRU Device Description : PS2 (ID 2)
 Device not present (Timeout)

FRU Device Description : BP1 (ID 13)
 Board Product         : DRIVE BACKPLANE
 Board Serial          : BPL0001

FRU Device Description : CPU 1 DIMM 2 (ID 113)
 Memory Type           : DDR4 SDRAM
 Number of Ranks       : 2
 Memory size           : 16384 MB
 Error Detect/Cor      : 8 bits
 Manufacturer          : Own Memory
 Serial Number         : 0a1b2c3d
 Part Number           : OM16G-2R

`,
  'ipmitool-sdr': `Fan1             | 30h | ok  |  7.1 | 5040 RPM
Inlet Temp       | 04h | cr  |  7.1 | 61 degrees C
Power Supply 1   | 03h | ok  | 10.1 | 110 Watts, Presence detected
Power Supply 2   | 04h | ok  | 10.2 |
`,
  'ipmitool-sel': `   1 |  Pre-Init  |0000000012| Memory #0x53 | Correctable ECC | Asserted
   2 | 05/01/2026 | 13:02:11 | Temperature #0x30 | Upper Critical going high | Asserted
   3 | 05/01/26 | 01:02:45 PM UTC | Temperature #0x30 | Upper Critical going high | Deasserted
   4 | 05/02/2026 | 08:15:02 CEST | Power Supply #0x62 | Presence detected | Asserted
`,
  'ipmitool-lan': `Set in Progress         : Set Complete
IP Address Source       : Static Address
IP Address              : 10.0.0.9
MAC Address             : AC:1F:6B:00:00:01
SNMP Community String   : swordfish
`,
  'ipmitool-mc-info': `Device ID                 : 32
Firmware Revision         : 7.10
IPMI Version              : 2.0
Manufacturer Name         : ACME Inc
Product Name              : Unknown (0x100)
`,
  'supermicro-ipmicfg': `Summary
-------------------------------------------
BMC MAC Address        : AC:1F:6B:00:00:02
Firmware Revision      : 1.71.11
BIOS Version           : 3.4
System LAN1 MAC Address: AC:1F:6B:00:00:03
`,
  'ibm-system-x': `<?xml version="1.0"?><s:Envelope xmlns:s="urn:s"><s:Header><Action>http://www.ibm.com/iBMC/sp/Monitors/GetVitalProductDataResponse</Action></s:Header><s:Body><GetVitalProductDataResponse><MachineLevelVPD><ProductName>System x1</ProductName><SerialNumber>KD0001</SerialNumber><UUID>00112233445566778899AABBCCDDEEFF</UUID></MachineLevelVPD><ComponentLevelVPD><FRUNumber>39Y0001</FRUNumber><FRUName>Power Supply 1</FRUName><SerialNumber>K0001</SerialNumber><MfgID>OWN</MfgID></ComponentLevelVPD><VPD><FirmwareName>IMM</FirmwareName><VersionString>YU1</VersionString></VPD></GetVitalProductDataResponse><GetMemoryInfoResponse><Memory><MemoryInfo><Description>DIMM 2</Description><PartNumber>PN2</PartNumber><SerialNumber>33b80001</SerialNumber><Type>DDR3</Type><Size>4</Size></MemoryInfo></Memory></GetMemoryInfoResponse></s:Body></s:Envelope>
`,
  'hp-ribcl': `<?xml version="1.0"?>
<RIBCL VERSION="2.22"/>
<RESPONSE STATUS="0x0000" MESSAGE='No error' />
<GET_HOST_DATA>
 <SMBIOS_RECORD TYPE="1"><FIELD NAME="Product Name" VALUE="ProLiant T1"/><FIELD NAME="Serial Number" VALUE="CZ0001    "/><FIELD NAME="cUUID" VALUE="34353634-3030-4247-3839-31314B480000"/></SMBIOS_RECORD>
 <SMBIOS_RECORD TYPE="209"><FIELD NAME="Port" VALUE="1"/><FIELD NAME="MAC" VALUE="00-21-5A-00-00-01"/><FIELD NAME="Port" VALUE="iLO"/><FIELD NAME="MAC" VALUE="00-21-5A-00-00-02"/></SMBIOS_RECORD>
</GET_HOST_DATA>
</RIBCL>
<?xml version="1.0"?>
<RIBCL VERSION="2.22">
<RESPONSE STATUS="0x0000" MESSAGE='No error' />
<GET_FW_VERSION FIRMWARE_VERSION = "1.70" MANAGEMENT_PROCESSOR = "iLO2" />
<GET_EMBEDDED_HEALTH_DATA>
 <POWER_SUPPLIES><SUPPLY><LABEL VALUE="Power Supply 1"/><PRESENT VALUE="Yes"/><STATUS VALUE="Good, In Use"/><MODEL VALUE="M1"/><SERIAL_NUMBER VALUE="HPS0001"/><CAPACITY VALUE="460 Watts"/></SUPPLY><SUPPLY><LABEL VALUE="Power Supply 2"/><PRESENT VALUE="No"/></SUPPLY></POWER_SUPPLIES>
 <MEMORY><MEMORY_DETAILS><CPU_1><SOCKET VALUE="1"/><STATUS VALUE="Good, In Use"/><PART NUMBER="647650-071"/><TYPE VALUE="DIMM DDR3"/><SIZE VALUE="8192 MB"/><FREQUENCY VALUE="1333 MHz"/><RANKS VALUE="2"/></CPU_1><CPU_1><SOCKET VALUE="2"/><SIZE VALUE="N/A"/></CPU_1></MEMORY_DETAILS></MEMORY>
 <STORAGE><CONTROLLER><LABEL VALUE="Controller on System Board"/><STATUS VALUE="OK"/><SERIAL_NUMBER VALUE="HCT0001"/><MODEL VALUE="HP Smart Array P420i"/><FW_VERSION VALUE="6.00"/><LOGICAL_DRIVE><PHYSICAL_DRIVE><LABEL VALUE="Port 1I Box 1 Bay 1"/><STATUS VALUE="Degraded"/><SERIAL_NUMBER VALUE="HDR0001"/><MODEL VALUE="EG0300"/><CAPACITY VALUE="300 GB"/><MEDIA_TYPE VALUE="HDD"/></PHYSICAL_DRIVE></LOGICAL_DRIVE></CONTROLLER></STORAGE>
</GET_EMBEDDED_HEALTH_DATA>
</RIBCL>
`,
  'hp-xmldata': `<?xml version="1.0"?><RIMP><INFRA2><ENCL>E1</ENCL><BLADES><BLADE><NAME>node1</NAME><BSN>CZ0002</BSN><SPN>ProLiant B1</SPN><cUUID>30313233-3435-3637-3839-303132333435</cUUID><MGMTPN>iLO4</MGMTPN><MGMTFWVERSION>2.50</MGMTFWVERSION></BLADE><BLADE><BSN>CZ0003</BSN><SPN>ProLiant B1</SPN></BLADE></BLADES></INFRA2></RIMP>
`,
  'dell-dcim': `<CIM CIMVERSION="2.0"><MESSAGE ID="1" PROTOCOLVERSION="1.0"><SIMPLEREQ>
<VALUE.NAMEDINSTANCE><INSTANCE CLASSNAME="DCIM_SystemView"><PROPERTY NAME="FQDD" TYPE="string"><VALUE>System.Embedded.1</VALUE></PROPERTY><PROPERTY NAME="ServiceTag" TYPE="string"><VALUE>TAG0001</VALUE></PROPERTY><PROPERTY NAME="BoardSerialNumber" TYPE="string"><VALUE>CNB0001</VALUE></PROPERTY><PROPERTY NAME="Model" TYPE="string"><VALUE>PowerEdge T1</VALUE></PROPERTY><PROPERTY NAME="SysMemTotalSize" TYPE="uint32"><VALUE>65536</VALUE><DisplayValue>64 GB</DisplayValue></PROPERTY></INSTANCE></VALUE.NAMEDINSTANCE>
<VALUE.NAMEDINSTANCE><INSTANCE CLASSNAME="DCIM_PhysicalDiskView"><PROPERTY NAME="FQDD"><VALUE>Disk.Bay.3:Enclosure.Internal.0-1:RAID.Integrated.1-1</VALUE></PROPERTY><PROPERTY NAME="SerialNumber"><VALUE>DSK0001</VALUE></PROPERTY><PROPERTY NAME="Model"><VALUE>OWNDISK</VALUE></PROPERTY><PROPERTY NAME="Revision"><VALUE>D1</VALUE></PROPERTY><PROPERTY NAME="SizeInBytes"><VALUE>599550590976</VALUE></PROPERTY><PROPERTY NAME="MediaType"><VALUE>0</VALUE><DisplayValue>HDD</DisplayValue></PROPERTY><PROPERTY NAME="BusProtocol"><VALUE>6</VALUE></PROPERTY><PROPERTY NAME="PrimaryStatus"><VALUE>1</VALUE></PROPERTY><PROPERTY NAME="PredictiveFailureState"><VALUE>1</VALUE></PROPERTY></INSTANCE></VALUE.NAMEDINSTANCE>
<VALUE.NAMEDINSTANCE><INSTANCE CLASSNAME="DCIM_PowerSupplyView"><PROPERTY NAME="FQDD"><VALUE>PSU.Slot.1</VALUE></PROPERTY><PROPERTY NAME="SerialNumber"><VALUE>CNPS0001</VALUE></PROPERTY><PROPERTY NAME="TotalOutputPower"><VALUE>750</VALUE></PROPERTY><PROPERTY NAME="PrimaryStatus"><VALUE>3</VALUE></PROPERTY></INSTANCE></VALUE.NAMEDINSTANCE>
<VALUE.NAMEDINSTANCE><INSTANCE CLASSNAME="DCIM_iDRACCardView"><PROPERTY NAME="FQDD"><VALUE>iDRAC.Embedded.1-1</VALUE></PROPERTY><PROPERTY NAME="FirmwareVersion"><VALUE>4.40</VALUE></PROPERTY><PROPERTY NAME="PermanentMACAddress"><VALUE>d0:94:66:00:00:01</VALUE></PROPERTY></INSTANCE></VALUE.NAMEDINSTANCE>
<VALUE.NAMEDINSTANCE><INSTANCE CLASSNAME="DCIM_SoftwareIdentity"><PROPERTY NAME="InstanceID"><VALUE>DCIM:INSTALLED#741__BIOS</VALUE></PROPERTY><PROPERTY NAME="ElementName"><VALUE>BIOS</VALUE></PROPERTY><PROPERTY NAME="VersionString"><VALUE>2.8.1</VALUE></PROPERTY><PROPERTY NAME="Status"><VALUE>Installed</VALUE></PROPERTY></INSTANCE></VALUE.NAMEDINSTANCE>
</SIMPLEREQ></MESSAGE></CIM>
`,
  'dell-lclog': `<?xml version="1.0"?><LCLogEvents><Event Severity="Critical" Timestamp="2026-05-02T10:00:00-0600" Sequence="2"><MessageID>PSU0001</MessageID><Message>Power supply 1 failed.</Message><FQDD>PSU.Slot.1</FQDD></Event><Event Severity="Informational" Timestamp="2026-05-01T10:00:00" Sequence="1"><MessageID>SYS1000</MessageID><Message>System is turning on.</Message></Event></LCLogEvents>
`,
  'ocp-diag': `{"schemaVersion":{"major":2,"minor":0},"sequenceNumber":0,"timestamp":"2026-05-01T10:00:00Z"}
{"testRunArtifact":{"testRunStart":{"name":"memtest","version":"1","dutInfo":{"dutInfoId":"1","name":"node7","softwareInfos":[{"softwareInfoId":"1","softwareType":"FIRMWARE","name":"bmc_firmware","version":"10"}],"hardwareInfos":[{"hardwareInfoId":"1","name":"memory","location":"MB/DIMM_A1","partNumber":"P1","serialNumber":"OCP0001","manufacturer":"own","partType":"DIMM"},{"hardwareInfoId":"2","name":"empty","location":"MB/DIMM_A2","partType":"DIMM"}]}}},"sequenceNumber":1,"timestamp":"2026-05-01T10:00:01.5Z"}
{"testStepArtifact":{"diagnosis":{"verdict":"memory-bad","type":"FAIL","message":"row 7","hardwareInfoId":"1"},"testStepId":"1"},"sequenceNumber":2,"timestamp":"2026-05-01T10:00:02Z"}
{"testRunArtifact":{"testRunEnd":{"status":"COMPLETE","result":"FAIL"}},"sequenceNumber":3,"timestamp":"2026-05-01T10:00:03Z"}
`,
};
