import AddressRule
import AsyncHTTPClient
import HTTP2Transport
import HTTPClientTransport
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import PushProviders
import PushSender
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The sending half, wired.
struct SenderParts: Sendable {
    let devices: SQLDeviceStore
    let pushes: SQLPushStore
    let intake: PushIntake
    let dispatcher: Dispatcher
    let vault: CredentialVault
    let webPush: CredentialTable<WebPushCredential>

    init(
        _ database: OpenDatabase, _ keys: ServerKeys, _ transports: SenderTransports, settings: DispatchSettings,
        logger: Logger
    ) async throws {
        devices = SQLDeviceStore(database)
        pushes = SQLPushStore(database)
        // The folder's lock says that nobody else sends from this database: what a killed server held is free.
        try await pushes.releaseAllLeases()

        webPush = CredentialTable(fallback: WebPushCredential(key: keys.vapid, subject: keys.vapidSubject))
        let apns = CredentialTable<APNsCredential>()
        let fcm = CredentialTable<FCMCredential>()
        let hms = CredentialTable<HMSCredential>()
        let wns = CredentialTable<WNSCredential>()
        let providers: [any PushProvider] = [
            WebPushProvider(credentials: webPush, transport: transports.strangers),
            APNsProvider(credentials: apns, transport: transports.vendors),
            FCMProvider(credentials: fcm, transport: transports.vendors),
            HMSProvider(credentials: hms, transport: transports.vendors),
            WNSProvider(credentials: wns, transport: transports.vendors),
        ]
        var random = SystemRandomNumberGenerator()
        let dispatcher = Dispatcher(
            store: pushes, providers: providers, settings: settings,
            node: LeaseOwner(rawValue: String(random.next(), radix: 36)), observer: LoggingObserver(logger: logger))
        self.dispatcher = dispatcher
        intake = PushIntake(store: pushes, providers: providers, dispatcher: dispatcher)
        vault = CredentialVault(
            kinds: [
                CredentialKind(webPush), CredentialKind(apns), CredentialKind(fcm), CredentialKind(hms), CredentialKind(wns),
            ],
            store: SQLCredentialStore(database), keys: keys.master, transport: transports.vendors, logger: logger,
            changed: { app, provider in try await dispatcher.credentialsChanged(app: app, provider: provider) })
        try await vault.load(now: Date())
    }
}

/// How requests to providers travel: HTTP/2 of our own, HTTP/1.1 over AsyncHTTPClient where a far side has nothing newer.
struct SenderTransports: Sendable {
    /// To addresses that strangers chose: endpoints of subscriptions.
    let strangers: NIOHTTP2Transport
    /// To providers, and whatever the operator lets stand in for them.
    let vendors: NIOHTTP2Transport
    private let clients: [HTTPClient]

    init(_ settings: ServerSettings) throws {
        let trustRoots = try settings.trustRoots.map { [try Self.checked(trustRoots: $0)] } ?? []
        func transport(_ rule: AllowedAddresses) -> (NIOHTTP2Transport, HTTPClient) {
            let client = HTTPClient(
                eventLoopGroupProvider: .singleton,
                configuration: AsyncHTTPTransport.configuration(addressRule: rule, trustRootsPEM: trustRoots))
            var http2 = HTTP2TransportSettings()
            http2.trustRootsPEM = trustRoots
            return (
                NIOHTTP2Transport(
                    settings: http2, addressRule: rule, fallback: AsyncHTTPTransport(client: client, addressRule: rule)),
                client
            )
        }
        let (strangers, strangersClient) = transport(
            settings.allowsPrivateEndpoints ? .any : .publicOnly(ownPort: settings.port))
        let (vendors, vendorsClient) = transport(.any)
        self.strangers = strangers
        self.vendors = vendors
        clients = [strangersClient, vendorsClient]
    }

    func shutdown() async {
        await strangers.shutdown()
        await vendors.shutdown()
        for client in clients { try? await client.shutdown() }
    }

    /// What can't be read is named at the start, not at the first push.
    private static func checked(trustRoots file: String) throws -> String {
        do {
            _ = try NIOSSLCertificate.fromPEMFile(file)
            return file
        } catch {
            throw SettingsError(key: "trustRoots", message: "\(file) can't be read as PEM certificates: \(error)")
        }
    }
}
