import Foundation
import Testing

@testable import PushSimulators

struct ControlRulesTests {
    private let record = SimulatorRecord(script: .none, capacity: 100)

    private func ask(_ method: String, _ path: String, _ body: String = "") -> SimulatorReply {
        ControlRules(record: record).answer(SimulatorRequest(method: method, path: path, body: Array(body.utf8)))
    }

    private func receive(_ port: SimulatedPort, _ rules: some ProviderRules, _ request: SimulatorRequest) {
        let desk = RequestDesk(port: port, firstStreamLimit: 1, record: record)
        desk.open(with: rules)
        var connection = ConnectionMemory(streamLimit: 1)
        _ = desk.answer(request, on: &connection, now: APNsClient.start)
    }

    @Test func faultsArePutShownAndDeleted() {
        #expect(ask("PUT", "/faults", #"{"faults":[{"status":503}]}"#).status == 200)
        #expect(record.script.faults.count == 1)
        #expect(ask("GET", "/faults").json["faults"]?.array?.first?["status"]?.integer == 503)
        #expect(ask("DELETE", "/faults").status == 204)
        #expect(record.script.isEmpty)
    }

    @Test func aBadScriptChangesNothing() {
        _ = ask("PUT", "/faults", #"{"faults":[{"status":503}]}"#)
        let reply = ask("PUT", "/faults", #"{"faults":[{"statsu":503}]}"#)
        #expect(reply.status == 422)
        #expect(reply.json["error"]?.string?.contains("statsu") == true)
        #expect(record.script.faults.count == 1)
    }

    @Test func whatWasReceivedIsShown() throws {
        receive(.apns, APNsClient().simulator, try APNsClient.request())
        let reply = ask("GET", "/requests").json
        let entry = reply["requests"]?.array?.first
        #expect(entry?["port"]?.string == "apns")
        #expect(entry?["tokens"] == .array([.string(APNsClient.deviceToken)]))
        #expect(entry?["body"]?.string == #"{"aps":{"alert":"hello"}}"#)
        #expect(entry?["headers"]?.array?.contains(.array([.string("apns-topic"), .string("com.example.app")])) == true)
        #expect(entry?["accepted"] == .bool(true))
        #expect(entry?["at_ms"]?.integer == 1_800_000_000_000)
        #expect(reply["counts"]?["apns"]?["accepted"]?.integer == 1)
        #expect(ask("GET", "/counts").json["apns"]?["statuses"]?["200"]?.integer == 1)
    }

    @Test func requestsAreFilteredAndForgotten() throws {
        receive(.apns, APNsClient().simulator, try APNsClient.request())
        var client = WNSClient()
        receive(.wns, client.simulator, client.request())
        func count(_ query: String) -> Int? { ask("GET", "/requests" + query).json["requests"]?.array?.count }
        #expect(count("") == 2)
        #expect(count("?port=wns") == 1)
        #expect(count("?provider=apns") == 1)
        #expect(count("?token=\(APNsClient.deviceToken)") == 1)
        #expect(count("?token=AwY%252fx%253d") == 1)
        #expect(count("?limit=1") == 1)
        #expect(ask("DELETE", "/requests").status == 204)
        #expect(count("") == 0)
    }

    @Test func whatItDoesNotTakeIsSaid() {
        #expect(ask("POST", "/counts").status == 405)
        #expect(ask("GET", "/").status == 404)
    }
}

struct FormFieldsTests {
    @Test func fieldsAreDecoded() {
        let form = FormFields(Array("a=1+2&b=%c3%A9%2B&c&d=x=y&e=%4".utf8))
        #expect(form["a"] == "1 2")
        #expect(form["b"] == "é+")
        #expect(form["c"] == "")
        #expect(form["d"] == "x=y")
        #expect(form["e"] == "%4")
        #expect(form["f"] == nil)
        #expect(form.repeatedName == nil)
    }

    @Test func aRepeatedNameIsFound() { #expect(FormFields(Array("a=1&b=2&a=3".utf8)).repeatedName == "a") }
}

struct FCMConditionTests {
    @Test func topicsAreRead() {
        #expect(FCMCondition.topics("'a' in topics && ('b b' in topics || !('c'  in  topics))") == ["a", "b b", "c"])
    }

    @Test(arguments: ["", "'a'", "'a' in topics)", "('a' in topics", "a in topics", "'a' in topics 'b' in topics", "&& 'a' in topics", "'a in topics"])
    func anythingElseIsNoCondition(_ text: String) { #expect(FCMCondition.topics(text) == nil) }
}
