import Foundation

/// libpq's OpenSSL throws its locks away when the process exits. A thread that is just connecting then, to a database that is away,
/// would crash over them, and a stop that was fine would end with a signal.
enum OpenSSLAtExit {
    /// To be read before the first connection.
    static let isLeftAlone: Bool = {
        #if os(Linux)
        // By name, for whichever OpenSSL libpq brought along: https://docs.openssl.org/3.0/man3/OPENSSL_init_crypto/
        guard let symbol = dlsym(nil, "OPENSSL_init_crypto") else { return false }
        let initialize = unsafeBitCast(symbol, to: (@convention(c) (UInt64, OpaquePointer?) -> Int32).self)
        let noAtExit: UInt64 = 0x0008_0000
        return initialize(noAtExit, nil) == 1
        #else
        return false
        #endif
    }()
}
