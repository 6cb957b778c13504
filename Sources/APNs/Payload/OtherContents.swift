/// The payload of a push of type `fileprovider`; there is no `aps` in it.
public struct FileProviderContent: Sendable, Hashable, Encodable {
    public var containerIdentifier: String
    public var domain: String?

    public init(containerIdentifier: String, domain: String? = nil) {
        self.containerIdentifier = containerIdentifier
        self.domain = domain
    }

    private enum CodingKeys: String, CodingKey {
        case containerIdentifier = "container-identifier"
        case domain
    }

    /// - Throws: `invalidPayload`.
    public func bytes() throws(APNsError) -> [UInt8] { try encodedJSON(self) }
}

/// The payload of a push of type `mdm`; there is no `aps` in it.
public struct MDMContent: Sendable, Hashable, Encodable {
    /// What the device gave when it enrolled.
    public var pushMagic: String

    public init(pushMagic: String) { self.pushMagic = pushMagic }

    private enum CodingKeys: String, CodingKey { case pushMagic = "mdm" }

    /// - Throws: `invalidPayload`.
    public func bytes() throws(APNsError) -> [UInt8] { try encodedJSON(self) }
}
