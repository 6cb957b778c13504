import Foundation
import Testing

@testable import PushSimulators

struct FaultScriptTests {
    private func circumstances(
        _ port: SimulatedPort = .apns, _ targets: [String] = ["aa"], kind: Verdict.Kind = .push, earlier: Int = 0
    ) -> FaultScript.Circumstances {
        .init(port: port, kind: kind, targets: targets, earlierRequests: earlier)
    }

    private func script(_ json: String) throws -> FaultScript { try FaultScript(json: Array(json.utf8)) }

    @Test func theFirstThatMeetsHappens() throws {
        var script = try script(#"{"faults":[{"token":"aa","status":429},{"status":503}]}"#)
        #expect(script.next(circumstances())?.fault.status == 429)
        #expect(script.next(circumstances(.apns, ["bb"]))?.fault.status == 503)
    }

    @Test func oneWithTimesEnds() throws {
        var script = try script(#"{"faults":[{"status":503,"times":2}]}"#)
        let happened = (0..<4).map { _ in script.next(circumstances()) != nil }
        #expect(happened == [true, true, false, false])
        #expect(script.happened == [2])
    }

    @Test func aPrefixMeetsItsTokensAlone() throws {
        var script = try script(#"{"faults":[{"token_prefix":"de","dead":true}]}"#)
        let struck = script.next(circumstances(.hms, ["dead", "alive", "deaf"]))
        #expect(struck?.tokens == ["dead", "deaf"])
        #expect(script.next(circumstances(.hms, ["alive"])) == nil)
    }

    @Test func aProviderAndAnEnvironmentSelect() throws {
        var script = try script(#"{"faults":[{"provider":"apns","environment":"sandbox","status":500}]}"#)
        #expect(script.next(circumstances(.fcm)) == nil)
        #expect(script.next(circumstances(.apns)) == nil)
        #expect(script.next(circumstances(.apnsSandbox)) != nil)
    }

    @Test func pushesAreMeantUnlessSaidOtherwise() throws {
        var pushes = try script(#"{"faults":[{"status":500}]}"#)
        #expect(pushes.next(circumstances(.fcm, [], kind: .oauth)) == nil)
        var grants = try script(#"{"faults":[{"on":"oauth","status":500}]}"#)
        #expect(grants.next(circumstances(.fcm)) == nil)
        #expect(grants.next(circumstances(.fcm, [], kind: .oauth)) != nil)
        var any = try script(#"{"faults":[{"on":"any","status":500}]}"#)
        #expect(any.next(circumstances(.fcm, [], kind: .other)) != nil)
    }

    @Test func aTokenOfTheSandboxIsAStrangerInProductionAlone() throws {
        var script = try script(#"{"faults":[{"token_prefix":"a","belongs_to":"sandbox"}]}"#)
        #expect(script.next(circumstances(.apns)) != nil)
        #expect(script.next(circumstances(.apnsSandbox)) == nil)
        #expect(script.next(circumstances(.fcm)) == nil)
    }

    @Test func afterSomeRequestsOfAConnection() throws {
        var script = try script(#"{"faults":[{"after_requests":3,"goaway":{}}]}"#)
        #expect(script.next(circumstances(earlier: 2)) == nil)
        #expect(script.next(circumstances(earlier: 3)) != nil)
    }

    @Test func aRateIsKeptAndRepeatsWithItsSeed() throws {
        func hits(_ seed: Int) throws -> [Bool] {
            var script = try script(#"{"seed":\#(seed),"faults":[{"rate":0.1,"status":503}]}"#)
            return (0..<10_000).map { _ in script.next(circumstances()) != nil }
        }
        let first = try hits(7)
        #expect((900...1100).contains(first.filter { $0 }.count))
        #expect(try hits(7) == first)
        #expect(try hits(8) != first)
    }

    static let mistakes = [
        ("no JSON", "{", "JSON object"),
        ("a misspelled member", #"{"faults":[{"tokn":"a"}]}"#, "tokn"),
        ("a misspelled inner member", #"{"faults":[{"goaway":{"answerd":true}}]}"#, "answerd"),
        ("another top member", #"{"fault":[]}"#, "fault"),
        ("text for a number", #"{"faults":[{"status":"500"}]}"#, "wrong kind"),
        ("an unknown provider", #"{"faults":[{"provider":"adm","status":500}]}"#, "wrong kind"),
        ("a rate above one", #"{"faults":[{"rate":5,"silence":true}]}"#, "rate"),
        ("an unknown reset", #"{"faults":[{"reset":"BOOM"}]}"#, "REFUSED_STREAM"),
        ("a reason alone", #"{"faults":[{"reason":"x"}]}"#, "reason"),
        ("two refusals", #"{"faults":[{"status":500,"dead":true}]}"#, "exclude"),
        ("two silences", #"{"faults":[{"silence":true,"half_open":true}]}"#, "exclude"),
        ("an impossible status", #"{"faults":[{"status":99}]}"#, "status"),
        ("the second fault", #"{"faults":[{"status":500},{"close":"never"}]}"#, "Fault 2"),
    ]

    @Test(arguments: mistakes)
    func aMistakeIsNamed(_ name: String, _ json: String, _ word: String) {
        do {
            _ = try FaultScript(json: Array(json.utf8))
            Issue.record("\(name) was taken")
        } catch {
            #expect(error.description.contains(word), "\(name): \(error)")
        }
    }

    @Test func itIsShownAsItWasGiven() throws {
        let given = try script(#"{"seed":3,"faults":[{"token":"a","status":429,"headers":{"Retry-After":"5"},"times":1}]}"#)
        let shown = String(decoding: given.json, as: UTF8.self)
        #expect(shown == #"{"faults":[{"headers":{"Retry-After":"5"},"status":429,"times":1,"token":"a"}],"happened":[0],"seed":3}"#)
    }
}
