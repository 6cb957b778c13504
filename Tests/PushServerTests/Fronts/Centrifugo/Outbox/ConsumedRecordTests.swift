import Testing

@testable import PushServer

@Suite struct ConsumedRecordTests {
    private func command(_ method: String, _ parameters: String) -> ConsumedRecord {
        .command(method: method, parameters: Array(parameters.utf8))
    }

    private func isGarbage(_ record: ConsumedRecord) -> Bool { if case .garbage(let reason) = record { !reason.isEmpty } else { false } }

    @Test(arguments: [
        // As Debezium writes a row: the column of JSON is text.
        (
            #"{"id":17,"method":"m","payload":"{\"op\": \"add\"}","partition":5,"created_at":"2025-04-17T10:00:00.123456Z"}"#,
            #"{"op": "add"}"#
        ),
        // As others do.
        (#"{"method":"m","payload":{"n":12345678901234567890,"f":1.10}}"#, #"{"n":12345678901234567890,"f":1.10}"#),
        (#" {"Method":"m","PAYLOAD": { } } "#, "{ }"), (#"{"method":"m"}"#, "null"), (#"{"method":"m","payload":null}"#, "null"),
        (#"{"method":"m","payload":"{\"t\":\"\\u00fc\\\"\"}"}"#, #"{"t":"\u00fc\""}"#),
    ])
    func aRecordIsAMethodAndItsParametersByteForByte(_ value: String, _ parameters: String) {
        #expect(ConsumedRecord(value: Array(value.utf8)) == command("m", parameters))
    }

    @Test(arguments: [nil, "", "null", " null\n"])
    func whatIsLeftOfADeletedRowIsNothing(_ value: String?) {
        #expect(ConsumedRecord(value: value.map { Array($0.utf8) }) == .tombstone)
    }

    @Test(arguments: [
        "{", "no", "5", #""text""#, "[]", "{}", #"{"method":""}"#, #"{"method":5,"payload":{}}"#, #"{"method":"m","payload":5}"#,
        #"{"method":"m","payload":[]}"#, #"{"method":"m","payload":"no JSON"}"#, #"{"method":"m","payload":"\"twice\""}"#,
        #"{"method":"m","payload":""}"#, #"{"method":"m","payload":{},}"#, "\u{0}", #"{"method":null,"payload":{}}"#,
    ])
    func whatNobodyCanReadIsGarbage(_ value: String) {
        #expect(isGarbage(ConsumedRecord(value: Array(value.utf8))), "\(value)")
    }

    @Test func bytesThatAreNoTextAreGarbage() { #expect(isGarbage(ConsumedRecord(value: [0x7B, 0xFF, 0xFE, 0x7D]))) }

    @Test func columnsAreReadLikeRecords() {
        #expect(ConsumedRecord(method: "m", payload: #"{"a": 1}"#) == command("m", #"{"a": 1}"#))
        #expect(ConsumedRecord(method: "m", payload: #""{\"a\": 1}""#) == command("m", #"{"a": 1}"#))
        #expect(ConsumedRecord(method: "m", payload: nil) == command("m", "null"))
        #expect(isGarbage(ConsumedRecord(method: nil, payload: "{}")) && isGarbage(ConsumedRecord(method: "m", payload: "x")))
    }
}
