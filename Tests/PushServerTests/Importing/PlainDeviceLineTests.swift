import Foundation
import PushProviders
import PushSender
import PushTesting
import Testing

@testable import PushServer

@Suite struct PlainDeviceLineTests {
    private static let line =
        #"{"provider":"fcm","token":"c1:APA91bx","user":"jörg","locale":"de_at","time_zone":"Europe/Vienna","app_version":"1.2","platform":"#
        + #""android","tags":{"plan":"pro","age":-31,"ratio":0,"beta":true,"old":false},"topics":["news","sport"],"id":"a-1"}"#

    @Test func anOrdinaryLineIsReadAtOnce() throws {
        let plain = try #require(read(Array(Self.line.utf8)))
        #expect(try same(plain, DeviceLine.read(Array(Self.line.utf8))))
        #expect(plain.registration.profile.tags == ["plan": .string("pro"), "age": .number(-31), "ratio": .number(0), "beta": .boolean(true), "old": .boolean(false)])
        #expect(plain.registration.topics == ["news", "sport"] && plain.id == "a-1" && plain.registration.user == "jörg")
    }

    @Test(arguments: [
        #"{"provider":"fcm","token":"a\"b"}"#, #"{"provider":"fcm","token":null}"#, #"{"provider":"fcm","colour":1}"#,
        #"{"provider":"fcm","provider":"apns"}"#, #"{"provider":"fcm","tags":{"a":1.5}}"#, #"{"provider":"fcm","tags":{"a":01}}"#,
        #"{"provider":"fcm","tags":{"a":[1]}}"#, #"{"provider":"fcm"} {}"#, #"{"provider":"fcm","#, #"{"token":"a"}"#, "[]", "", "{",
        #"{"provider":"webpush","subscription":{}}"#, #"{"provider":"fcm","created_at":"2026-01-01T00:00:00Z"}"#,
    ])
    func whateverElseIsLeftToTheDecoder(_ line: String) { #expect(read(Array(line.utf8)).map { "\($0)" } == nil) }

    @Test func whatIsNoUTF8IsLeftToTheDecoder() {
        #expect(read(Array(#"{"provider":"fcm","token":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8)).map { "\($0)" } == nil)
    }

    /// A line spoilt at random: whatever the quick reader takes, the decoder takes for the same.
    @Test(arguments: Seeds.chosen.prefix(20).map { $0 }) func whatIsReadMeansTheSameToTheDecoder(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = Array(#"{}[]",:\ 0123456789-.eEtruefalsn"#.utf8)
        for _ in 0..<500 {
            var line = Array(Self.line.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<line.count, using: &random), byte = bytes.randomElement(using: &random) ?? 0
                switch Int.random(in: 0..<3, using: &random) {
                case 0: line[place] = byte
                case 1: line.insert(byte, at: place)
                default: line.remove(at: place)
                }
            }
            guard let plain = read(line) else { continue }
            let text = String(decoding: line, as: UTF8.self)
            let decoded = try #require(try? DeviceLine.read(line), "only the quick reader takes \(text)")
            #expect(same(plain, decoded), "\(text)")
        }
    }

    private func read(_ line: [UInt8]) -> DeviceLine? { line.withUnsafeBufferPointer(PlainDeviceLine.read) }

    private func same(_ one: DeviceLine, _ other: DeviceLine) -> Bool { parts(one) == parts(other) }

    private func parts(_ line: DeviceLine) -> [AnyHashable?] {
        let token = line.registration.token, profile = line.registration.profile
        return [
            token.provider, token.token, token.environment, token.kind, token.appIdentifier, profile.platform, profile.locale,
            profile.timeZone, profile.appVersion, profile.tags, line.registration.user, line.registration.topics, line.id,
        ]
    }
}
