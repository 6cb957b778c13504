import NIOSSL

/// A certificate for 127.0.0.1 and localhost that nobody trusts unless told to; valid for a hundred years.
enum LoopbackCertificate {
    static func serverContext() throws -> NIOSSLContext {
        try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(bytes: Array(privateKey.utf8), format: .pem))))
    }

    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBnDCCAUGgAwIBAgIUSrIOsZ3mrXp6h1IfUT+AY0hn2m4wCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTAzMDI1NloYDzIxMjYxMDI4
        MDMwMjU2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAQ8mHn2UPq+yT23+DGlk62tsNtrwFB6Phm9FfCw1dHgLyf0RYfkOFvB
        e7ZASKcKz0qYVLop/vx0Dqy0hza4vzFpo28wbTAdBgNVHQ4EFgQUto0ROw7mq7b5
        pzZO8d5TEQQXflEwHwYDVR0jBBgwFoAUto0ROw7mq7b5pzZO8d5TEQQXflEwDwYD
        VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3QwCgYIKoZI
        zj0EAwIDSQAwRgIhAL5wsaNhG7BCcLdbioPQTR5IRINQ3BwkAStndf8EvXHuAiEA
        1Ya0u1s6qTCq4cwQOkHN60njryzojDUA+QOQqM8XihE=
        -----END CERTIFICATE-----
        """

    private static let privateKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9UeHOFXRjraeMkEK
        SbNs4M0yVBfLbOQ+BCFtuJCsszWhRANCAAQ8mHn2UPq+yT23+DGlk62tsNtrwFB6
        Phm9FfCw1dHgLyf0RYfkOFvBe7ZASKcKz0qYVLop/vx0Dqy0hza4vzFp
        -----END PRIVATE KEY-----
        """
}
