#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A provider whose every outcome but success is told.
struct WatchedProvider: PushProvider {
    let provider: any PushProvider
    let problems: TransportProblems
    var name: ProviderName { provider.name }

    func problem(with notification: Notification, policy: PushPolicy) -> PushProblem? {
        provider.problem(with: notification, policy: policy)
    }

    func problem(sendingFor app: AppID) -> PushProblem? { provider.problem(sendingFor: app) }

    func prepare(_ push: Push, lane: Lane) -> any PreparedPush {
        Watched(prepared: provider.prepare(push, lane: lane), push: push.id, provider: name, problems: problems)
    }

    func farSide(of token: Token) -> String? { provider.farSide(of: token) }

    private struct Watched: PreparedPush {
        let prepared: any PreparedPush
        let push: PushID
        let provider: ProviderName
        let problems: TransportProblems

        func suits(_ token: Token) -> Bool { prepared.suits(token) }

        func attempt(
            _ recipients: [Recipient], now: Date, report: @escaping @Sendable (_ index: Int, _ outcome: Outcome) -> Void
        ) async {
            await prepared.attempt(recipients, now: now) { index, outcome in
                if let problem = TransportProblem(outcome, for: recipients[index], of: push, provider: provider, at: now) {
                    problems.report(problem)
                }
                report(index, outcome)
            }
        }
    }
}
