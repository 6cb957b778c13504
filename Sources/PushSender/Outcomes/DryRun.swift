#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A provider that everything is made ready for and nothing is sent to: it takes whatever the real one could take.
public struct DryRun: PushProvider {
    private let provider: any PushProvider
    public var name: ProviderName { provider.name }

    public init(_ provider: any PushProvider) { self.provider = provider }

    public func problem(with notification: Notification, policy: PushPolicy) -> PushProblem? {
        provider.problem(with: notification, policy: policy)
    }

    public func problem(sendingFor app: AppID) -> PushProblem? { provider.problem(sendingFor: app) }

    public func prepare(_ push: Push, lane: Lane) -> any PreparedPush { Rehearsal(prepared: provider.prepare(push, lane: lane)) }

    public func farSide(of token: Token) -> String? { provider.farSide(of: token) }

    private struct Rehearsal: PreparedPush {
        let prepared: any PreparedPush

        func suits(_ token: Token) -> Bool { prepared.suits(token) }

        func attempt(
            _ recipients: [Recipient], now: Date, report: @escaping @Sendable (_ index: Int, _ outcome: Outcome) -> Void
        ) async {
            for index in recipients.indices { report(index, .accepted(id: nil)) }
        }
    }
}
