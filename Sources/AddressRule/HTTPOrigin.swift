import NIOCore

/// Scheme, host and port of a URL (RFC 9110 §4.3.1), read strictly: what one parser takes for the host and another for a user name,
/// or one for a name and another for an address, is how a private address gets past a rule.
public struct HTTPOrigin: Sendable, Hashable {
    /// `https`, not `http`.
    public let isSecure: Bool
    /// A name or address in lower case, without the brackets of IPv6.
    public let host: String
    public let port: Int
    /// The address in network order (4 or 16 bytes) where the host is one.
    public let literalAddress: [UInt8]?

    /// - Parameter url: absolute, `http` or `https`; visible ASCII without user name, fragment and backslash; its host a name of
    ///   letters, digits, `-`, `_` and inner dots, an IPv4 address of four decimal numbers, or an IPv6 address in brackets without
    ///   zone. Unicode names have to come as punycode.
    /// - Returns: the origin, and after how many bytes of the URL the path begins.
    public static func parse(_ url: String) throws(InvalidURL) -> (origin: HTTPOrigin, length: Int) {
        var url = url
        // The error comes back as a value: closures that throw a type of their own don't fit `withUTF8`.
        return try url.withUTF8 { bytes -> Result<(origin: HTTPOrigin, length: Int), InvalidURL> in
            do throws(InvalidURL) { return .success(try parse(bytes)) } catch { return .failure(error) }
        }.get()
    }

    private static func parse(_ url: UnsafeBufferPointer<UInt8>) throws(InvalidURL) -> (origin: HTTPOrigin, length: Int) {
        guard url.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "#") }) else {
            throw InvalidURL("it contains spaces, a fragment, or characters that have to be escaped")
        }
        let isSecure = hasPrefix(url, "https://")
        guard isSecure || hasPrefix(url, "http://") else { throw InvalidURL("it begins neither with https:// nor with http://") }
        let start = isSecure ? 8 : 7
        let end = url[start...].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? url.count
        let (host, port) = try split(String(decoding: url[start..<end], as: UTF8.self).lowercased())
        let literal = try literalAddress(host)
        if literal == nil { try checkName(host) }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        let origin = HTTPOrigin(
            isSecure: isSecure, host: bare, port: try number(of: port) ?? (isSecure ? 443 : 80), literalAddress: literal)
        return (origin, end)
    }

    private static func hasPrefix(_ url: UnsafeBufferPointer<UInt8>, _ prefix: StaticString) -> Bool {
        guard url.count >= prefix.utf8CodeUnitCount else { return false }
        // Schemes are compared without regard to case (RFC 3986 §3.1).
        return (0..<prefix.utf8CodeUnitCount).allSatisfy { index in
            let byte = url[index]
            return ((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) == prefix.utf8Start[index]
        }
    }

    private static func split(_ authority: String) throws(InvalidURL) -> (host: String, port: String?) {
        if authority.hasPrefix("["), let bracket = authority.firstIndex(of: "]") {
            let rest = authority[authority.index(after: bracket)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw InvalidURL("something stands between its host and its port") }
            return (String(authority[...bracket]), rest.isEmpty ? nil : String(rest.dropFirst()))
        }
        guard let colon = authority.firstIndex(of: ":") else { return (authority, nil) }
        return (String(authority[..<colon]), String(authority[authority.index(after: colon)...]))
    }

    private static func number(of port: String?) throws(InvalidURL) -> Int? {
        guard let port else { return nil }
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port), (1...65535).contains(number) else {
            throw InvalidURL("its port is not a number from 1 to 65535")
        }
        return number
    }

    private static func checkName(_ host: String) throws(InvalidURL) {
        let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard host.utf8.count <= 253, labels.allSatisfy({ (1...63).contains($0.count) && $0.allSatisfy(isNameCharacter) }) else {
            throw InvalidURL("its host is not a name of letters, digits, hyphens and inner dots")
        }
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func literalAddress(_ host: String) throws(InvalidURL) -> [UInt8]? {
        if host.hasPrefix("[") {
            guard !host.contains("%"), let address = try? SocketAddress(ipAddress: String(host.dropFirst().dropLast()), port: 0),
                let bytes = address.ipBytes, bytes.count == 16
            else { throw InvalidURL("what its brackets hold is not an IPv6 address") }
            return bytes
        }
        guard endsInANumber(host) else { return nil }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { UInt8($0) }
        // inet_aton, and so getaddrinfo, also reads one to three parts, octal and hexadecimal: nobody needs them but attackers.
        guard parts.count == 4, bytes.count == 4, zip(parts, bytes).allSatisfy({ $0 == String($1) }) else {
            throw InvalidURL("its host is a number, but not an IPv4 address of four decimal numbers")
        }
        return bytes
    }

    /// As the URL standard tells an IPv4 address from a name (https://url.spec.whatwg.org/#ends-in-a-number-checker).
    private static func endsInANumber(_ host: String) -> Bool {
        guard let last = host.split(separator: ".").last?.utf8 else { return false }
        if last.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
        guard last.starts(with: "0x".utf8) else { return false }
        return last.dropFirst(2).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

/// A URL that can't be used, and why. Nothing is sent.
public struct InvalidURL: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ reason: String) {
        description = "the URL can't be used: \(reason)"
    }
}
