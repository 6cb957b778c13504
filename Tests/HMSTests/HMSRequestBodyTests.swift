import Testing

@testable import HMS

@Suite struct HMSRequestBodyTests {
    private func text(_ body: HMSRequestBody, _ target: HMSTarget = .tokens(["t1", "t2"])) throws -> String {
        String(decoding: try body.bytes(to: target), as: UTF8.self)
    }

    @Test(arguments: [
        (#"{ "data" : "a\/b☂" }"#, #"{"message":{"token":["t1","t2"], "data" : "a\/b☂" }}"#),
        ("\n{\"data\":\"x\",\"future\":1.50}", "{\"message\":\n{\"token\":[\"t1\",\"t2\"],\"data\":\"x\",\"future\":1.50}}"),
    ])
    func aRawMessageGoesOutByteForByteAroundItsTarget(_ raw: String, _ expected: String) throws {
        #expect(try text(HMSRequestBody(message: raw)) == expected)
    }

    @Test func rawSectionsOfV3GoOutByteForByte() throws {
        let body = try HMSRequestBody(payload: #"{ "moduleName":"e", "version":1e3 }"#, pushOptions: #"{"ttl": 7}"#)
        #expect(try text(body) == #"{"payload":{ "moduleName":"e", "version":1e3 },"pushOptions":{"ttl": 7},"target":{"token":["t1","t2"]}}"#)
    }

    @Test func aTypedMessageTakesAnyTarget() throws {
        let body = try HMSRequestBody(HMSMessage(data: "x"), validateOnly: true)
        #expect(try text(body) == #"{"validate_only":true,"message":{"token":["t1","t2"],"data":"x"}}"#)
        #expect(try text(body, .topic("news")) == #"{"validate_only":true,"message":{"topic":"news","data":"x"}}"#)
        #expect(try text(body, .condition("'a' in topics")) == #"{"validate_only":true,"message":{"condition":"'a' in topics","data":"x"}}"#)
    }

    @Test func whateverADeviceCalledItsTokenCanNotBreakOut() throws {
        let body = try HMSRequestBody(HMSMessage(data: "x"))
        #expect(try text(body, .tokens([#"a"],"x":["\"#, "é"])) == #"{"message":{"token":["a\"],\"x\":[\"\\","é"],"data":"x"}}"#)
    }

    @Test(arguments: [#"{"data":"x","token":["x"]}"#, #"{"data":"x","\u0074oken":["x"]}"#, #"{"data":"x","topic":"x"}"#, #"{"data":"x","condition":"x"}"#])
    func aRawMessageNamesNoTarget(_ raw: String) {
        #expect { try HMSRequestBody(message: raw) } throws: { ($0 as? HMSError)?.code == .invalidJSON }
    }

    @Test(arguments: ["[]", "{", "{} {}", "", "{ }", "null", #""text""#]) func aRawMessageIsAnObjectThatSaysSomething(_ raw: String) {
        #expect(throws: HMSError.self) { try HMSRequestBody(message: raw) }
    }

    @Test func aRawMessageIsHeldToWhatIsKnown() {
        func field(_ raw: String) -> String? {
            do throws(HMSError) {
                _ = try HMSRequestBody(message: raw)
                return nil
            } catch { return error.field }
        }
        #expect(field(#"{"android":{"notification":{"title":"t"}}}"#) == "android.notification.click_action")
        #expect(field(#"{"android":{"ttl":"1296001s"}}"#) == "android.ttl")
        #expect(field(#"{"android":{"ttl":7,"future":[]}}"#) == nil, "what we can't read may be newer than us")
    }

    @Test func theSizeIsCountedInBytesWithoutTokens() throws {
        func body(_ bytes: Int) throws -> HMSRequestBody {
            try HMSRequestBody(HMSMessage(data: String(repeating: "☂", count: bytes / 3) + String(repeating: "x", count: bytes % 3)))
        }
        // {"message":{,"data":""}} without the target takes 24.
        #expect(try body(4072).sizeBytes == 4096)
        #expect(try body(4072).bytes(to: .tokens(Array(repeating: "token", count: 1000))).count > 8000)
        #expect { try body(4073) } throws: { ($0 as? HMSError)?.code == .tooLarge }
    }

    @Test(arguments: [0, 1001]) func aRequestHasOneToAThousandTokens(_ count: Int) throws {
        let body = try HMSRequestBody(HMSMessage(data: "x"))
        #expect(throws: HMSError.self) { try body.bytes(to: .tokens(Array(repeating: "t", count: count))) }
    }

    @Test func v3KnowsTokensAlone() throws {
        let body = try HMSRequestBody(payload: "{}", pushOptions: "{}")
        #expect(throws: HMSError.self) { try body.bytes(to: .topic("news")) }
        #expect(throws: HMSError.self) { try body.bytes(to: .condition("x")) }
    }
}
