import JSON
import Logging
import PushProviders
import PushSender
import PushService
import PushStorage
import PushTemplates

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The sending half, wired.
struct SenderParts: Sendable {
    let devices: SQLDeviceStore
    let users: SQLUserStore
    let audiences: SQLAudienceStore
    let pushes: SQLPushStore
    let intake: PushIntake
    let renderer = MustacheRenderer()
    let counts = SendingCounts()
    /// Nil on a node that only takes pushes.
    let dispatcher: Dispatcher?
    let vault: CredentialVault
    let webPush: CredentialTable<WebPushCredential>

    init(
        _ database: OpenDatabase, _ keys: ServerKeys, _ transports: SenderTransports, _ settings: ServerSettings, events: EventParts,
        node: NodeID,
        post: NodePost?, logger: Logger
    ) async throws {
        devices = SQLDeviceStore(database)
        users = SQLUserStore(database)
        audiences = SQLAudienceStore(database)
        pushes = SQLPushStore(database)
        // The folder's lock says that nobody else sends from this database: what a killed server held is free.
        if !database.isShared { try await pushes.releaseAllLeases() }

        webPush = CredentialTable(fallback: WebPushCredential(key: keys.vapid, subject: keys.vapidSubject))
        let apns = CredentialTable<APNsCredential>()
        let fcm = CredentialTable<FCMCredential>()
        let hms = CredentialTable<HMSCredential>()
        let wns = CredentialTable<WNSCredential>()
        let sending: [any PushProvider] = [
            WebPushProvider(credentials: webPush, transport: transports.strangers),
            APNsProvider(
                credentials: apns, transport: transports.vendors,
                sharing: database.isShared ? SharedAPNsTokens(store: SQLSecretStore(database), keys: keys.master) : nil),
            FCMProvider(credentials: fcm, transport: transports.vendors),
            HMSProvider(credentials: hms, transport: transports.vendors),
            WNSProvider(credentials: wns, transport: transports.vendors),
        ]
        let providers = settings.dispatch.isDryRun ? sending.map { DryRun($0) } : sending
        let colleagues = post.map { post in Colleagues { post.announceWork() } }
        let dispatcher: Dispatcher? =
            settings.roles.contains(.dispatch)
            ? Dispatcher(
                store: pushes, providers: providers, rates: database.isShared ? SQLRateLedger(database) : LocalRates(),
                settings: settings.dispatch, node: LeaseOwner(rawValue: node.rawValue), colleagues: colleagues, renderer: renderer,
                receiptLink: { events.links.url(push: $0, device: $1, provider: $2) },
                observer: LoggingObserver(logger: logger, watch: events.watch, counts: counts), now: database.now) : nil
        self.dispatcher = dispatcher
        intake = PushIntake(store: pushes, providers: providers, dispatcher: dispatcher, colleagues: colleagues)
        vault = CredentialVault(
            kinds: [
                CredentialKind(webPush), CredentialKind(apns), CredentialKind(fcm), CredentialKind(hms), CredentialKind(wns),
            ],
            store: SQLCredentialStore(database), keys: keys.master, transport: transports.vendors, logger: logger,
            changed: { [pushes] app, provider in
                post?.announceCredentials()
                if let dispatcher {
                    try await dispatcher.credentialsChanged(app: app, provider: provider)
                } else {
                    try await pushes.hasten(app: app, provider: provider, now: database.now())
                    post?.announceWork()
                }
            },
            learned: { app, provider in
                dispatcher?.forgetTrouble(app: app, provider: provider)
                dispatcher?.wake()
            })
        try await vault.load(now: database.now())
        for (provider, json) in settings.credentials { try await vault.set(provider, json: json, now: database.now()) }
    }
}

extension SenderParts {
    /// What other nodes' news means here.
    func listeners(now: @escaping @Sendable () -> Date, _ logger: Logger) -> NodePost.Listeners {
        NodePost.Listeners(
            work: { dispatcher?.wake() },
            credentials: {
                do { try await vault.load(now: now()) } catch {
                    logger.error("Credentials that another node has changed can't be read", metadata: ["error": "\(error)"])
                }
            })
    }
}

extension CredentialVault {
    /// What the settings say.
    /// - Throws: ``SettingsError``
    fileprivate func set(_ provider: ProviderName, json: String, now: Date) async throws {
        let key = "credentials.\(provider.rawValue)"
        guard let fields = try? JSONDecoder().decode(JSONValue.self, from: Data(json.utf8)) else {
            throw SettingsError(key: key, message: "this is no JSON")
        }
        do {
            _ = try await set([fields], app: .default, provider: provider, verifies: false, now: now)
        } catch let problem as Problem {
            throw SettingsError(key: key, message: problem.detail)
        }
    }
}
