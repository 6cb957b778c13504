import Foundation
import PushSender
import PushTesting
import Testing

@Suite struct WebhookProgressTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let end = EventPosition(transaction: 0, id: 9)

    private func hear(
        _ progress: inout WebhookProgress, _ answer: WebhookAnswer, after seconds: Double = 0, seed: UInt64 = 1
    ) {
        var random = SeededGenerator(seed: seed)
        progress.hear(answer, through: end, policy: WebhookPolicy(), now: now.addingTimeInterval(seconds), random: &random)
    }

    @Test func aBatchThatWasTakenMovesOnAndForgetsTrouble() {
        var progress = WebhookProgress(position: .start, dueAt: now)
        hear(&progress, .failed(problem: "no"))
        hear(&progress, .taken, after: 5)
        #expect(progress == WebhookProgress(position: end, dueAt: now.addingTimeInterval(5)))
    }

    @Test func failuresWaitLongerAndLongerInTheirPlace() {
        var ceilings: [Double] = []
        for failures in 1...16 {
            let waits = (0..<UInt64(200)).map { seed in
                var progress = WebhookProgress(position: .start, dueAt: now)
                for _ in 0..<failures { hear(&progress, .failed(problem: "no"), seed: seed) }
                #expect(progress.position == .start && progress.failures == failures && progress.problem == "no")
                return progress.dueAt.timeIntervalSince(now)
            }
            ceilings.append(waits.max() ?? 0)
            #expect((waits.min() ?? 0) >= 0)
        }
        #expect(ceilings[0] <= 5 && ceilings[0] > 3 && ceilings[3] <= 40 && ceilings[3] > 25)
        #expect(ceilings[15] <= 14_400 && ceilings[15] > 10_000, "up to four hours")
    }

    @Test func retryAfterIsObeyed() {
        var progress = WebhookProgress(position: .start, dueAt: now)
        hear(&progress, WebhookAnswer(status: 503, notBefore: now.addingTimeInterval(1000)))
        #expect(progress.dueAt >= now.addingTimeInterval(1000) && progress.dueAt <= now.addingTimeInterval(1005))
    }

    @Test func goneDisablesAtOnceAndThreeDaysOfFailureDoToo() {
        var gone = WebhookProgress(position: .start, dueAt: now)
        hear(&gone, WebhookAnswer(status: 410, notBefore: nil))
        #expect(gone.disabledAt == now && gone.problem != nil && gone.position == .start)

        var failing = WebhookProgress(position: .start, dueAt: now)
        hear(&failing, .failed(problem: "no"))
        hear(&failing, .failed(problem: "no"), after: 3 * 86_400 - 1)
        #expect(failing.disabledAt == nil)
        hear(&failing, .failed(problem: "no"), after: 3 * 86_400)
        #expect(failing.disabledAt == now.addingTimeInterval(3 * 86_400) && failing.failingSince == now)
    }

    @Test(arguments: [(200, true), (204, true), (299, true), (199, false), (302, false), (404, false), (500, false)])
    func onlySuccessIsTaken(_ status: Int, _ isTaken: Bool) {
        #expect((WebhookAnswer(status: status, notBefore: nil) == .taken) == isTaken)
    }
}
