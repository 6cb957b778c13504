import Testing

@testable import PushServer

@Suite struct LoopBackValueTests {
    @Test(arguments: [
        "null", "true", "[1,-0.5,1e3,123456789012345678901234567890]", #"{"z":1,"a":{"b":[]},"":"ü🔔"}"#, #""\"\\\n\t\b\f\r\u0001""#,
    ])
    func whatIsReadIsWrittenAgain(_ json: String) throws {
        #expect(try LoopBackValue(json: json).json == json)
    }

    @Test func theLastOfEqualNamesCounts() throws {
        #expect(try LoopBackValue(json: #" { "a" : 1 , "b" : 2 , "a" : 3 } "#).json == #"{"a":3,"b":2}"#)
    }

    @Test func escapesAreRead() throws {
        #expect(try LoopBackValue(json: #""\u00fc\uD83D\uDD14\/""#) == .string("ü🔔/"))
        #expect(try LoopBackValue(json: #""\u0000\ud800x""#) == .string("\u{FFFD}\u{FFFD}x"))
    }

    @Test(arguments: [
        (#"{"appId":"#, "Unexpected end of JSON input"), ("", "Unexpected end of JSON input"), (#""abc"#, "Unexpected end of JSON input"),
        ("{a}", "Unexpected token a in JSON at position 1"), ("[1,]", "Unexpected token ] in JSON at position 3"),
        ("01", "Unexpected token 1 in JSON at position 1"), ("nul", "Unexpected end of JSON input"), ("1 2", "Unexpected token 2 in JSON at position 2"),
        (#""\x""#, "Unexpected token x in JSON at position 2"), ("-", "Unexpected end of JSON input"), ("{\"a\" 1}", "Unexpected token 1 in JSON at position 5"),
    ])
    func whatIsNoJSONIsToldAsJavaScriptTellsIt(_ json: String, _ message: String) {
        let error = #expect(throws: LoopBackSyntaxError.self) { try LoopBackValue(json: json) }
        #expect(error?.message == message)
    }

    @Test func depthHasAnEnd() {
        let depth = LoopBackParser.nestingLevels
        #expect(throws: Never.self) { try LoopBackValue(json: String(repeating: "[", count: depth) + String(repeating: "]", count: depth)) }
        #expect(throws: LoopBackSyntaxError.self) { try LoopBackValue(json: String(repeating: "[", count: 100_000)) }
    }

    @Test func membersAreSetInTheirPlaces() {
        var value = LoopBackValue.object(["a": .null, "b": .bool(true)])
        value["a"] = .string("x")
        value["c"] = .integer(1)
        value["b"] = nil
        #expect(value.json == #"{"a":"x","c":1}"#)
    }
}

@Suite struct LoopBackQueryTests {
    @Test(arguments: [
        ("", "{}"), ("a=1&b=%7B%22x%22%3A1%7D", #"{"a":"1","b":"{\"x\":1}"}"#), ("a=x+y%20z", #"{"a":"x y z"}"#), ("a=1&a=2", #"{"a":["1","2"]}"#),
        ("f[w][x]=1&f[w][y][]=2&f[w][y][]=3", #"{"f":{"w":{"x":"1","y":["2","3"]}}}"#), ("a[1]=y&a[0]=x", #"{"a":["x","y"]}"#),
        ("a[b", ##"{"a[b":""}"##), ("a", #"{"a":""}"#), ("=x&&", "{}"), ("a%5Bb%5D=c", #"{"a":{"b":"c"}}"#), ("a=%FF", #"{"a":"%FF"}"#),
        ("a[5]=x", #"{"a":{"5":"x"}}"#),
    ])
    func bracketsSayWhatStandsWithinWhat(_ query: String, _ json: String) {
        #expect(LoopBackQuery.value(query).json == json)
    }
}

@Suite struct LoopBackAcceptTests {
    @Test(arguments: [
        ([], true, false), (["*/*"], true, false), (["application/json"], true, false), (["application/xml"], false, false),
        (["application/xml, application/json;q=0.1"], true, false), (["text/html"], true, true),
        (["text/html,application/xhtml+xml,*/*;q=0.8"], true, true), (["application/json, text/html"], true, false),
        (["application/json;q=0.5", "text/html"], true, true), (["application/json;q=0"], true, false),
    ] as [([String], Bool, Bool)])
    func whatIsTakenAndWhatIsPreferred(_ fields: [String], _ takesJSON: Bool, _ prefersHTML: Bool) {
        #expect(LoopBackAccept(fields).takesJSON == takesJSON)
        #expect(LoopBackAccept(fields).prefersHTML == prefersHTML)
    }
}

@Suite struct LoopBackPublicSettingsTests {
    @Test func whatIsNotKnownToBeNoSecretIsOne() throws {
        let settings = try LoopBackValue(
            json: """
                {"apns":{"production":true,"bundle":"com.x","token":{"keyId":"K","key":"SECRET","teamId":"T"},"certData":"SECRET","keyData":"SECRET",
                "pushOptions":{"gateway":"g","port":1,"passphrase":"SECRET"}},"gcm":{"serverApiKey":"SECRET"},
                "fcm":{"serviceAccount":{"projectId":"SECRET?"}},"web":"SECRET","token":["SECRET"],"new":{"bundle":"SECRET"}}
                """)
        #expect(
            LoopBackPublicSettings.shown(settings).json
                == #"{"apns":{"production":true,"bundle":"com.x","token":{"keyId":"K","teamId":"T"},"pushOptions":{"gateway":"g","port":1}},"gcm":{},"fcm":{},"web":null,"token":null}"#)
        #expect(LoopBackPublicSettings.shown(.string("SECRET")) == .null)
    }
}
