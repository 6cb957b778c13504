public import PushSender
import Synchronization

/// The credentials in force. Read for every page that is sent, so that a change needs no restart.
public final class CredentialTable<Credential: ProviderCredential>: Sendable {
    private let credentials = Mutex<[AppID: [Credential]]>([:])
    private let fallback: Credential?

    /// - Parameter fallback: for Apps that have none of their own.
    public init(fallback: Credential? = nil) { self.fallback = fallback }

    /// Replaces all credentials of an App.
    public func set(_ all: [Credential], for app: AppID) { credentials.withLock { $0[app] = all.isEmpty ? nil : all } }

    public func all(for app: AppID) -> [Credential] { credentials.withLock { $0[app] } ?? fallback.map { [$0] } ?? [] }

    /// - Parameter appIdentifier: empty for the first credential of the lane.
    public func credential(for lane: Lane, appIdentifier: String) -> Credential? {
        all(for: lane.app).first {
            $0.environments.contains(lane.environment) && (appIdentifier.isEmpty || $0.appIdentifier == appIdentifier)
        }
    }

    /// Why nothing of an App's can be sent: there are no credentials.
    func problem(sendingFor app: AppID) -> PushProblem? {
        guard all(for: app).isEmpty else { return nil }
        let provider = Credential.provider.rawValue
        return PushProblem(
            .noCredential, field: provider, "there are no credentials for \(provider); give the App's, which docs/credentials.md describes")
    }
}
