"""Export files built from the vendors' manuals named in each reader, with the same two hours of 23 November 2026 in
each.
"""

HOBO = """"Plot Title: 10230456"
"#","Date Time, GMT+07:00","Temp, °C (LGR S/N: 10230456, SEN S/N: 1023)","RH, % (LGR S/N: 10230456)","Coupler Detached"
1,11/23/26 11:00:00 AM,13.402,88.1,
2,11/23/26 12:00:00 PM,13.5,88.2,
3,11/23/26 12:30:00 PM,,,Logged
4,11/23/26 01:00:00 PM,13.6,88.3,
"""

ELITECH = """Elitech Data Report
Device Model,RC-5
Serial Number,EF7218900123
Time Zone,UTC+07:00
Max,13.6

No.,Time,Temperature(℃),Humidity(%RH)
1,2026-11-23 11:00:00,13.4,88.1
2,2026-11-23 12:00:00,13.5,88.2
3,2026-11-23 13:00:00,13.6,88.3
"""

LOGTAG = """"LogTag Analyzer 3"
"Serial number","9900123456"
"Index","Date","Time","Elapsed Time","Reading"
"1","23/11/2026","11:00:00","00:00:00","13.4 °C"
"2","23/11/2026","12:00:00","01:00:00","13.5 °C"
"3","23/11/2026","13:00:00","02:00:00","13.6 °C"
"""

TEMPTALE = """TempTale Manager Desktop\t8.4
Serial Number:\tFCTEST0123
Time Zone:\t(UTC+07:00) Bangkok, Hanoi, Jakarta
Point\tDate\tTime\tTemp (°F)
1\t23-Nov-2026\t11:00 AM\t56.12
2\t23-Nov-2026\t12:00 PM\t56.3
3\t23-Nov-2026\t01:00 PM\t56.48
"""

TESTO = """"testo 174H";"Seriennummer: 38500123"
"Id";"Datum / Zeit";"[°C] Temperatur";"[%rF] Feuchte"
1;23.11.2026 11:00:00;13,4;88,1
2;23.11.2026 12:00:00;13,5;88,2
3;23.11.2026 13:00:00;13,6;88,3
"""

TINYTAG = """,Time,1,2
S/N,,900123,900123
Type,,TGU-4500,TGU-4500
Description,,Cold room,Cold room
Property,,Temperature,Humidity
1,2026-11-23 11:00:00,13.402 °C,88.1 %RH
2,2026-11-23 12:00:00,13.5 °C,88.2 %RH
3,2026-11-23 13:00:00,13.6 °C,88.3 %RH
"""

ROTRONIC = """[#I]Device Description,,,
Cold room,,,
[#S]Device Information,,,
Serial Number = A00000123,,,
Log Interval = 01:00:00,,,
[#1],,,
Humidity = %rh,,,
[#2],,,
Temperature = °C,,,
High Alarm Threshold = 25,,,
[#H],,,
Date,Time,Humidity,Temperature
,,,
[#D],,,
23/11/2026,11:00:00,88.1,13.4
23/11/2026,12:00:00,88.2,13.5
23/11/2026,13:00:00,88.3,13.6
"""

GENERIC = """timestamp,temperature_c,humidity
2026-11-23T11:00:00+07:00,13.4,88.1
2026-11-23T12:00:00+07:00,13.5,88.2
2026-11-23T13:00:00+07:00,13.6,88.3
"""

FILES = {
    "hobo": (HOBO, "10230456"),
    "elitech": (ELITECH, "EF7218900123"),
    "logtag": (LOGTAG, "9900123456"),
    "temptale": (TEMPTALE, "FCTEST0123"),
    "testo": (TESTO, "38500123"),
    "tinytag": (TINYTAG, "900123"),
    "rotronic": (ROTRONIC, "A00000123"),
    "csv": (GENERIC, "room 1"),
}
"""Per kind: the text of a file, and the sensor's name that it gives."""
