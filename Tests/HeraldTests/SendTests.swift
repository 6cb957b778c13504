import ArgumentParser
import Foundation
import Testing

@testable import herald

struct SendTests {
    @Test(arguments: [
        (["--all"], #"{"all":true}"#), (["--device", "a", "--device", "b"], #"{"devices":["a","b"]}"#),
        (["--user", "u"], #"{"users":["u"]}"#), (["--topic", "t"], #"{"topics":["t"]}"#),
    ])
    func theAudienceIsWhatWasNamed(arguments: [String], json: String) throws {
        let push = try push(["hello"] + arguments)
        #expect(String(decoding: try JSONEncoder().encode(push.audience), as: UTF8.self) == json)
    }

    @Test(arguments: [
        ["x"], ["x", "--all", "--user", "u"], ["x", "--device", "d", "--topic", "t"], ["--all"], ["x", "--all", "--ttl", "-1"],
        ["x", "--all", "--ttl", "soon"], ["x", "--all", "--urgency", "loud"], ["x", "--all", "--collapse-key", "a b"],
        ["x", "--all", "--collapse-key", ""],
    ])
    func whatMakesNoSenseIsRefusedBeforeItIsSent(arguments: [String]) {
        #expect(throws: (any Error).self) { try PushOptions.parse(arguments) }
    }

    @Test func everyOptionArrivesInTheRequest() throws {
        let push = try push([
            "hello", "--all", "--title", "T", "--url", "https://x.example/", "--ttl", "60", "--urgency", "very-low",
            "--collapse-key", "k-1",
        ])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        #expect(
            String(decoding: try encoder.encode(push), as: UTF8.self)
                == #"{"audience":{"all":true},"collapse_key":"k-1","notification":{"body":"hello","title":"T","url":"https://x.example/"},"ttl":60,"urgency":"very-low"}"#)
    }

    @Test func withoutATitleTheTextIsTheTitle() throws {
        #expect(try push(["hello", "--all"]).notification == .init(title: "hello"))
    }

    @Test(arguments: [
        (PushState.Counters(accepted: 3), true), (.init(accepted: 3, unregistered: 1), true), (.init(), true),
        (.init(accepted: 3, failed: 1), false), (.init(accepted: 3, expired: 1), false), (.init(unregistered: 1), false),
    ])
    func itSucceedsWhenNothingFailed(counters: PushState.Counters, isSuccess: Bool) {
        #expect(summary(counters).isSuccess == isSuccess)
    }

    @Test func theSummaryCountsEveryOutcome() {
        let counters = PushState.Counters(accepted: 3, failed: 1, expired: 0, unregistered: 2)
        #expect(summary(counters).line == "Done: 3 accepted, 1 failed, 0 expired, 2 unregistered")
        #expect(summary(.init()).line == "Done: nobody to send to")
        #expect(summary(counters).shortCounts.map(\.name) == ["accepted", "failed", "unregistered"])
    }

    private func push(_ arguments: [String]) throws -> PushRequest {
        let options = try PushOptions.parse(arguments)
        return try options.request(text: options.text)
    }

    private func summary(_ counters: PushState.Counters) -> PushSummary {
        PushSummary(PushState(id: "p", state: "done", progress: 1, counters: counters))
    }
}
