import Foundation
import JSON
public import PushSender
public import Testing

/// What every ``RecordStore`` must do, with the ``DeviceStore`` of the same database. Each guarantee takes fresh, empty stores.
public struct RecordStoreConformance: Sendable {
    public struct Guarantee: Sendable, CustomTestStringConvertible {
        public let testDescription: String
        public let check: @Sendable (RecordStoreConformance) async throws -> Void

        init(_ name: String, _ check: @escaping @Sendable (RecordStoreConformance) async throws -> Void) {
            testDescription = name
            self.check = check
        }
    }

    public static let all: [Guarantee] = [
        Guarantee("a body comes back byte for byte") { try await $0.aBodyComesBackByteForByte() },
        Guarantee("an id is given once") { try await $0.anIDIsGivenOnce() },
        Guarantee("what is found is what the condition is true of") { try await $0.whatIsFoundIsWhatTheConditionIsTrueOf() },
        Guarantee("long texts are told apart and searched to their end") { try await $0.longTextsAreToldApart() },
        Guarantee("order, limit and skip") { try await $0.orderLimitAndSkip() },
        Guarantee("collections don't see each other") { try await $0.collectionsDontSeeEachOther() },
        Guarantee("a changed record is found by what it says now") { try await $0.aChangedRecordIsFoundByWhatItSaysNow() },
        Guarantee("a change that throws leaves nothing changed") { try await $0.aChangeThatThrowsLeavesNothingChanged() },
        Guarantee("a twin is changed, and nothing new is made") { try await $0.aTwinIsChanged() },
        Guarantee("many are put one after the other") { try await $0.manyArePutOneAfterTheOther() },
        Guarantee("of many who put the same at once one makes it") { try await $0.ofManyWhoPutTheSameOneMakesIt() },
        Guarantee("a record becomes a device once there is its App") { try await $0.aRecordBecomesADeviceOnceThereIsItsApp() },
        Guarantee("a device follows its record") { try await $0.aDeviceFollowsItsRecord() },
        Guarantee("a token is one record's") { try await $0.aTokenIsOneRecords() },
        Guarantee("a record goes with its device") { try await $0.aRecordGoesWithItsDevice() },
    ]

    let records: any RecordStore
    let devices: any DeviceStore
    let makeApp: @Sendable (String) async throws -> AppID
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    static let things = RecordCollection(rawValue: "things")

    /// - Parameter makeApp: makes an App of a name.
    public init(records: any RecordStore, devices: any DeviceStore, makeApp: @escaping @Sendable (String) async throws -> AppID) {
        self.records = records
        self.devices = devices
        self.makeApp = makeApp
    }

    // MARK: Shorthand

    @discardableResult
    func put(
        _ id: String, _ body: String, twin: RecordCondition? = nil, device: RecordDevice? = nil, in collection: RecordCollection = things
    )
        async throws -> Record?
    {
        try await records.put([entry(id, body, twin: twin, device: device)], into: collection, now: now)[0]
    }

    func entry(_ id: String, _ body: String, twin: RecordCondition? = nil, device: RecordDevice? = nil) -> RecordEntry {
        RecordEntry(RecordDraft(body: body, device: device), newID: RecordID(rawValue: id), twin: twin)
    }

    func record(_ id: String) async throws -> Record? { try await records.record(RecordID(rawValue: id), in: Self.things) }

    @discardableResult
    func replace(_ id: String, _ draft: RecordDraft) async throws -> Record? {
        try await records.change(RecordID(rawValue: id), in: Self.things, now: now) { _ in draft }
    }

    func found(_ condition: RecordCondition) async throws -> [String] {
        let found = try await records.records(RecordQuery(condition), in: Self.things).map(\.id.rawValue)
        #expect(try await records.count(condition, in: Self.things) == found.count)
        return found
    }

    func phone(_ token: String, app: String = "shop", provider: ProviderName = .fcm, user: String? = nil) -> RecordDevice {
        var device = RecordDevice(appName: app, provider: provider, token: Token(address: token))
        device.user = user
        return device
    }

    // MARK: Bodies

    private func aBodyComesBackByteForByte() async throws {
        let body = #"{"z":1.50,"a":{"b":[null,true,"ü🔔"]},"a.b":"x","empty":"","list":[],"big":123456789012345678901234567890}"#
        let made = try await put("1", body)
        #expect(made == Record(id: RecordID(rawValue: "1"), body: body, isDevice: false))
        #expect(try await record("1") == made)
        #expect(try await record("2") == nil)
        #expect(try await records.remove([RecordID(rawValue: "1"), RecordID(rawValue: "2")], in: Self.things) == 1)
        #expect(try await record("1") == nil)
    }

    private func anIDIsGivenOnce() async throws {
        try await put("1", #"{"a":1}"#)
        #expect(try await put("1", #"{"a":2}"#) == nil)
        #expect(try await record("1")?.body == #"{"a":1}"#)
        #expect(try await found(.equals("a", .number(2))).isEmpty)
    }

    // MARK: Conditions

    private func whatIsFoundIsWhatTheConditionIsTrueOf() async throws {
        var bodies: [String: String] = [:]
        for (index, body) in RecordExamples.bodies.enumerated() {
            let id = "r\(index + 10)"
            bodies[id] = body
            try await put(id, body)
        }
        for condition in RecordExamples.conditions {
            let wanted = try bodies.filter { try RecordExamples.isTrue(condition, of: $0.value, id: $0.key) }.map(\.key).sorted()
            #expect(try await found(condition) == wanted, "\(condition)")
            #expect(try await found(.not(condition)) == bodies.keys.filter { !wanted.contains($0) }.sorted(), "not \(condition)")
        }
    }

    private func longTextsAreToldApart() async throws {
        let long = String(repeating: "ä", count: 5000)
        try await put("1", #"{"text":"\#(long)1"}"#)
        try await put("2", #"{"text":"\#(long)2"}"#)
        #expect(try await found(.equals("text", .string(long + "1"))) == ["1"])
        #expect(try await found(.equals("text", .string(long))).isEmpty)
        #expect(try await found(.value(at: "text", .like("ä2", ignoresCase: false))) == ["2"])
        #expect(try await found(.value(at: "text", .regexp("[^ä]$", ignoresCase: false))) == ["1", "2"])
    }

    private func orderLimitAndSkip() async throws {
        for (id, body) in [
            ("1", #"{"n":10}"#), ("2", #"{"n":9}"#), ("3", #"{"n":"a"}"#), ("4", "{}"), ("5", #"{"n":true}"#), ("6", #"{"n":[-1,7]}"#),
            ("7", #"{"n":9}"#),
        ] {
            try await put(id, body)
        }
        func ids(_ query: RecordQuery) async throws -> String {
            try await records.records(query, in: Self.things).map(\.id.rawValue).joined()
        }
        #expect(try await ids(RecordQuery()) == "1234567")
        #expect(try await ids(RecordQuery(order: [.init("n")])) == "4562713")
        #expect(try await ids(RecordQuery(order: [.init("n", isDescending: true)])) == "3127654")
        #expect(try await ids(RecordQuery(order: [.init("n"), .init("id", isDescending: true)])) == "4567213")
        #expect(try await ids(RecordQuery(order: [.init("n")], limit: 2, skip: 1)) == "56")
        #expect(try await ids(RecordQuery(skip: 6)) == "7")
        #expect(try await ids(RecordQuery(limit: 0)) == "")
    }

    private func collectionsDontSeeEachOther() async throws {
        let others = RecordCollection(rawValue: "others")
        try await put("1", #"{"a":1}"#)
        try await put("1", #"{"a":1,"b":2}"#, in: others)
        #expect(try await found(.equals("b", .number(2))).isEmpty)
        #expect(try await found(.exists("a")) == ["1"])
        #expect(try await records.remove([RecordID(rawValue: "1")], in: others) == 1)
        #expect(try await found(.exists("a")) == ["1"])
    }

    // MARK: Changes

    private func aChangedRecordIsFoundByWhatItSaysNow() async throws {
        try await put("1", #"{"a":1,"b":["x","y"]}"#)
        try await replace("1", RecordDraft(body: #"{"a":2,"b":["y"]}"#))
        #expect(try await found(.equals("a", .number(1))).isEmpty)
        #expect(try await found(.equals("b", .string("x"))).isEmpty)
        #expect(try await found(.all([.equals("a", .number(2)), .equals("b", .string("y"))])) == ["1"])
        #expect(try await replace("2", RecordDraft(body: "{}")) == nil)
        try await put("2", #"{"a":2}"#)
        let count = try await records.change(matching: .equals("a", .number(2)), in: Self.things, now: now) { record in
            RecordDraft(body: #"{"was":"\#(record.id.rawValue)"}"#)
        }
        #expect(count == 2)
        #expect(try await found(.equals("was", .string("2"))) == ["2"])
    }

    private func aChangeThatThrowsLeavesNothingChanged() async throws {
        struct Refusal: Error {}
        for id in ["1", "2", "3"] { try await put(id, #"{"a":1}"#) }
        await #expect(throws: Refusal.self) {
            _ = try await records.change(matching: .exists("a"), in: Self.things, now: now) { record in
                guard record.id.rawValue != "3" else { throw Refusal() }
                return RecordDraft(body: #"{"a":2}"#)
            }
        }
        #expect(try await found(.equals("a", .number(1))) == ["1", "2", "3"])
    }

    private func aTwinIsChanged() async throws {
        let twin = RecordCondition.equals("token", .string("t"))
        #expect(try await put("1", #"{"token":"t"}"#, twin: twin)?.id.rawValue == "1")
        #expect(try await put("2", #"{"token":"t","new":true}"#, twin: twin)?.id.rawValue == "1")
        #expect(try await found(.always) == ["1"])
        #expect(try await record("1")?.body == #"{"token":"t","new":true}"#)
    }

    private func manyArePutOneAfterTheOther() async throws {
        try await put("1", "{}")
        let twin = RecordCondition.equals("token", .string("t"))
        let put = try await records.put(
            [
                entry("2", #"{"token":"t"}"#, twin: twin), entry("1", "{}"), entry("3", #"{"token":"t","last":1}"#, twin: twin),
                entry("4", "{}"),
            ],
            into: Self.things, now: now)
        #expect(put.map { $0?.id.rawValue } == ["2", nil, "2", "4"])
        #expect(try await record("2")?.body == #"{"token":"t","last":1}"#)
        #expect(try await found(.always) == ["1", "2", "4"])
    }

    private func ofManyWhoPutTheSameOneMakesIt() async throws {
        try await withThrowingTaskGroup(of: String?.self) { group in
            for index in 0..<8 {
                group.addTask {
                    try await put("\(index)", #"{"token":"t"}"#, twin: .equals("token", .string("t")))?.id.rawValue
                }
            }
            let ids = try await group.reduce(into: Set<String?>()) { $0.insert($1) }
            #expect(ids.count == 1)
        }
        #expect(try await found(.always).count == 1)
    }

    // MARK: Devices

    private func aRecordBecomesADeviceOnceThereIsItsApp() async throws {
        #expect(try await put("1", "{}", device: phone("t", user: "ann"))?.isDevice == false)
        let app = try await makeApp("shop")
        #expect(try await record("1")?.isDevice == false)
        #expect(try await replace("1", RecordDraft(body: "{}", device: phone("t", user: "ann")))?.isDevice == true)
        #expect(try await record("1")?.isDevice == true)
        let device = try #require(try await devices.device(DeviceID(rawValue: "1"), app: app))
        #expect(device.token.address == "t")
        #expect(device.user == "ann")
    }

    private func aDeviceFollowsItsRecord() async throws {
        let shop = try await makeApp("shop"), bank = try await makeApp("bank")
        try await put("1", "{}", device: phone("t"))
        try await replace("1", RecordDraft(body: "{}", device: phone("t2", user: "bob")))
        #expect(try await devices.device(DeviceID(rawValue: "1"), app: shop)?.token.address == "t2")
        #expect(try await devices.device(DeviceID(rawValue: "1"), app: shop)?.user == "bob")
        try await replace("1", RecordDraft(body: "{}", device: phone("t2", provider: .hms)))
        #expect(try await devices.device(DeviceID(rawValue: "1"), app: shop)?.provider == .hms)
        try await replace("1", RecordDraft(body: "{}", device: phone("t2", app: "bank")))
        #expect(try await devices.device(DeviceID(rawValue: "1"), app: shop) == nil)
        #expect(try await devices.device(DeviceID(rawValue: "1"), app: bank) != nil)
        #expect(try await replace("1", RecordDraft(body: "{}"))?.isDevice == false)
        #expect(try await devices.activeDeviceCount(app: bank) == 0)
        #expect(try await record("1")?.isDevice == false)
    }

    private func aTokenIsOneRecords() async throws {
        let app = try await makeApp("shop")
        try await put("1", "{}", device: phone("t"))
        try await put("2", "{}", device: phone("t"))
        #expect(try await found(.always) == ["2"])
        let (native, _) = try await devices.register(
            DeviceRegistration(app: app, provider: .fcm, token: Token(address: "t")), newID: DeviceID(rawValue: "n"), now: now)
        #expect(native.id.rawValue == "2")
        _ = try await devices.register(
            DeviceRegistration(app: app, provider: .fcm, token: Token(address: "u")), newID: DeviceID(rawValue: "n"), now: now)
        try await replace("2", RecordDraft(body: "{}", device: phone("u")))
        #expect(try await devices.devices(app: app, after: nil, limit: 9).map(\.id.rawValue) == ["2"])
    }

    private func aRecordGoesWithItsDevice() async throws {
        let app = try await makeApp("shop")
        for id in ["1", "2"] { try await put(id, "{}", device: phone("t\(id)")) }
        #expect(try await records.remove([RecordID(rawValue: "1")], in: Self.things) == 1)
        #expect(try await devices.devices(app: app, after: nil, limit: 9).map(\.id.rawValue) == ["2"])
        #expect(try await devices.remove(DeviceID(rawValue: "2"), app: app))
        #expect(try await found(.always).isEmpty)
    }
}
