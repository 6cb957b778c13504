import Foundation
import Testing

@testable import PushSimulators

/// What a fault makes of a request, whole: rules, script and log together.
struct FaultStrikeTests {
    private let record: SimulatorRecord
    private let desk: RequestDesk

    init() {
        record = SimulatorRecord(script: .none, capacity: 10)
        desk = RequestDesk(port: .apns, firstStreamLimit: 1, record: record)
        desk.open(with: APNsClient().simulator)
    }

    private func answer(_ script: String, _ bend: (inout SimulatorRequest) -> Void = { _ in }) throws -> Answer {
        record.setScript(try FaultScript(json: Array(#"{"faults":[\#(script)]}"#.utf8)))
        var connection = ConnectionMemory(streamLimit: 1)
        var request = try APNsClient.request()
        bend(&request)
        return desk.answer(request, on: &connection, now: APNsClient.start)
    }

    @Test func aStatusHasItsUsualReason() throws {
        let reply = try #require(try answer(#"{"status":429,"headers":{"Retry-After":"9"}}"#).reply)
        #expect(reply.status == 429)
        #expect(reply.json["reason"]?.string == "TooManyRequests")
        #expect(reply.header("retry-after") == "9")
        #expect(reply.header("apns-id") != nil)
        #expect(record.counts[.apns]?.reasons == ["TooManyRequests": 1])
        #expect(record.counts[.apns]?.accepted == 0)
    }

    @Test func aReasonIsTaken() throws {
        #expect(try answer(#"{"status":503,"reason":"Shutdown"}"#).reply?.json["reason"]?.string == "Shutdown")
    }

    @Test func aWrongRequestKeepsItsOwnRefusal() throws {
        let answer = try answer(#"{"status":503,"latency_ms":7}"#) { $0.set("apns-topic", nil) }
        #expect(answer.reply?.json["reason"]?.string == "MissingTopic")
        #expect(answer.delayMilliseconds == 7)
    }

    @Test func aDeathHasItsTime() throws {
        let reply = try #require(try answer(#"{"dead":true,"dead_since_ms":1700000000123,"reason":"ExpiredToken"}"#).reply)
        #expect(reply.status == 410)
        #expect(reply.text == #"{"reason":"ExpiredToken","timestamp":1700000000123}"#)
        #expect(reply.header("apns-id") == "123e4567-e89b-12d3-a456-426614174000")
    }

    @Test func withoutATimeADeathIsOfNow() throws {
        #expect(try answer(#"{"dead":true}"#).reply?.json["timestamp"]?.integer == 1_800_000_000_000)
    }

    @Test(arguments: [
        #"{"silence":true}"#, #"{"reset":"REFUSED_STREAM"}"#, #"{"half_open":true}"#, #"{"close":"before"}"#, #"{"goaway":{"answered":false}}"#,
    ])
    func someLeaveTheRequestUnanswered(_ fault: String) throws {
        #expect(try answer(fault).reply == nil)
        #expect(record.counts[.apns]?.unanswered == 1)
        #expect(record.counts[.apns]?.accepted == 0)
    }

    @Test(arguments: [#"{"close":"after"}"#, #"{"goaway":{}}"#, #"{"latency_ms":1}"#, #"{"stream_limit":5}"#, #"{"reply_body":{}}"#])
    func othersAnswerIt(_ fault: String) throws {
        #expect(try answer(fault).reply?.status == 200)
        #expect(record.counts[.apns]?.accepted == 1)
    }

    @Test func aStreamLimitIsAnnouncedOnce() throws {
        record.setScript(try FaultScript(json: Array(#"{"faults":[{"stream_limit":5}]}"#.utf8)))
        var connection = ConnectionMemory(streamLimit: 1)
        let request = try APNsClient.request()
        let limits = (0..<3).map { _ in desk.answer(request, on: &connection, now: APNsClient.start).streamLimit }
        #expect(limits == [5, nil, nil])
    }

    @Test func theLogKeepsTheNewest() throws {
        for index in 0..<25 { _ = try answer("") { $0.path = "/3/device/" + String(format: "%02x", index) } }
        let newest = record.newest(3) { _ in true }.map(\.targets)
        #expect(newest == [["16"], ["17"], ["18"]])
        #expect(record.newest(100) { _ in true }.count == 10)
        #expect(record.newest(100) { $0.targets == ["11"] }.count == 1)
        #expect(record.counts[.apns]?.requests == 25)
        record.clear()
        #expect(record.newest(100) { _ in true }.isEmpty)
        #expect(record.counts[.apns]?.requests == 0)
    }

    @Test func aSlowBodyIsTheRealOneAndThenSpaces() {
        let slow = Fault.ReplyBody(bytes: 7, piece_bytes: 3)
        let pieces = [0, 3, 6].map { slow.piece(of: Array("abcd".utf8), after: $0) }
        #expect(pieces.map { String(decoding: $0.0, as: UTF8.self) } == ["abc", "d  ", " "])
        #expect(pieces.map(\.isLast) == [false, false, true])
        #expect(!Fault.ReplyBody().piece(of: [], after: 1_000_000).isLast)
    }
}
