import AddressRule
import HTTPTransport
import NIOCore
import NIOPosix
import NIOSSL

extension TransportError {
    /// Why there is no connection.
    init(connecting cause: (any Error)?, to origin: HTTPOrigin) {
        switch cause {
        case let error as ForbiddenAddress:
            self.init(.forbiddenAddress, error.description)
        case let error as NIOConnectionError:
            self.init(error, to: origin)
        // The end of TCP in the middle of TLS says nothing about trust.
        case NIOSSLError.uncleanShutdown?, nil:
            self.init(.unreachable, "\(origin.host):\(origin.port) closed the connection before it could be used")
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            self.init(.untrusted, "TLS with \(origin.host) failed: \(cause.map { "\($0)" } ?? "")")
        case .some(let error):
            self.init(.unreachable, "no connection to \(origin.host):\(origin.port): \(error)")
        }
    }

    private init(_ error: NIOConnectionError, to origin: HTTPOrigin) {
        let refusal = (error.dnsAError as? ForbiddenAddress) ?? (error.dnsAAAAError as? ForbiddenAddress)
        if let refusal, error.connectionErrors.isEmpty {
            self.init(.forbiddenAddress, "\(origin.host): \(refusal.description)")
        } else if let first = error.connectionErrors.first {
            self.init(.unreachable, "cannot connect to \(origin.host):\(origin.port): \(first.error)")
        } else {
            self.init(.unreachable, "the name \(origin.host) can't be resolved")
        }
    }
}
