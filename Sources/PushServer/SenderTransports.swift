import AddressRule
import AsyncHTTPClient
import HTTP2Transport
import HTTPClientTransport
import NIOCore
import NIOPosix
import NIOSSL

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
