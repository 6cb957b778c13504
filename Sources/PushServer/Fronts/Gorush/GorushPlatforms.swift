import PushProviders
import PushSender

/// gorush's numbers and names for the far sides.
enum GorushPlatform: Int, Sendable, CaseIterable {
    case ios = 1
    case android = 2
    case huawei = 3

    var name: String { "\(self)" }

    var provider: ProviderName {
        switch self {
        case .ios: .apns
        case .android: .fcm
        case .huawei: .hms
        }
    }

    init?(_ provider: ProviderName) {
        guard let platform = Self.allCases.first(where: { $0.provider == provider }) else { return nil }
        self = platform
    }
}

/// What there are credentials for: whatever is for another platform or another app is passed over.
struct GorushPlatforms: Sendable {
    struct Credential: Sendable {
        /// What clients call the app: a bundle id at Apple, an app or project id at Huawei.
        let names: Set<String>
        /// What a token says to be of this credential.
        let appIdentifier: String
        var environments: [ProviderEnvironment] = [.only]
    }

    private let credentials: [GorushPlatform: [Credential]]

    init(_ credentials: [GorushPlatform: [Credential]]) { self.credentials = credentials }

    /// - Parameter app: nil for the first there is.
    func credential(_ platform: GorushPlatform, for app: String? = nil) -> Credential? {
        credentials[platform]?.first { app.map($0.names.contains) ?? true }
    }

    /// Where the tokens of an app of Apple's are.
    struct Place: Sendable, Hashable {
        /// Empty: the first credential's of the environment.
        let bundleID: String
        /// As `topic` shows it; empty for the app's own tokens.
        let kind: String
        let environment: ProviderEnvironment
    }

    /// - Parameters:
    ///   - topic: the header `apns-topic`; nil for the first app there is.
    ///   - wanted: the environment that is asked for.
    ///   - usual: the one for those that ask for none; the other, where there are no credentials for it.
    /// - Returns: nil where there are no credentials.
    func place(topic: String?, wanted: ProviderEnvironment?, usual: ProviderEnvironment) -> Place? {
        let app = topic.map { topic in
            credential(.ios, for: topic) == nil ? APNsTopicHeader(topic) : APNsTopicHeader(exactly: topic)
        }
        let known = (credentials[.ios] ?? []).filter { credential in app.map { credential.names.contains($0.bundleID) } ?? true }
        let environments = Set(known.flatMap(\.environments))
        guard let environment = wanted ?? (environments.contains(usual) ? usual : environments.first), environments.contains(environment)
        else { return nil }
        return Place(bundleID: app?.bundleID ?? "", kind: app?.kind ?? "", environment: environment)
    }
}

extension GorushPlatforms {
    /// What the vault has in force for the App.
    init(_ vault: CredentialVault, app: AppID) throws {
        var credentials: [GorushPlatform: [Credential]] = [:]
        for platform in GorushPlatform.allCases {
            credentials[platform] = try vault.reports(app: app, provider: platform.provider).map { report in
                let names = ["bundle_id", "project_id", "app_id"].compactMap { report.summary[$0] }
                return Credential(names: Set(names), appIdentifier: names.first ?? "", environments: report.environments)
            }
        }
        self.init(credentials)
    }
}
