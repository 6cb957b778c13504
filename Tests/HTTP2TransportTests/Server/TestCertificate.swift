import HTTPTransport

/// A certificate for `localhost` that no authority knows, valid for a hundred years. It guards nothing.
enum TestCertificate {
    static let identity = TLSIdentity(certificateChainPEM: certificatePEM, privateKeyPEM: keyPEM)

    static let certificatePEM = """
        -----BEGIN CERTIFICATE-----
        MIIBrTCCAVSgAwIBAgIUOXwbEJQm657doirWV+U/g/NH5pYwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA1NDQzNFoYDzIxMjYxMDI4
        MDU0NDM0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAT3vV57+A+2VToiamWfTEWAh3gSdl1CJGTMmQeeVcNYKQkSbxkQ57uQ
        M1hew0Z44l7/MSzgMoGBY3iTC7F8ENR0o4GBMH8wHQYDVR0OBBYEFOXFhxKofQMy
        LZnJtGrco2DZRrznMB8GA1UdIwQYMBaAFOXFhxKofQMyLZnJtGrco2DZRrznMA8G
        A1UdEwEB/wQFMAMBAf8wLAYDVR0RBCUwI4IJbG9jYWxob3N0hwR/AAABhxAAAAAA
        AAAAAAAAAAAAAAABMAoGCCqGSM49BAMCA0cAMEQCIE3/dZE9as58ho5CNW80bxKf
        dN7qediSBLSS1tNsJQ5pAiAHO3pkmYxl2WENG5PF8MVhWVbrOQuXzMhQhukN/5rm
        Hg==
        -----END CERTIFICATE-----
        """

    static let keyPEM = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQglftHDbIbmxQYyvCS
        PdVVjAuFkEPvlehzuBQs61Hde1+hRANCAAT3vV57+A+2VToiamWfTEWAh3gSdl1C
        JGTMmQeeVcNYKQkSbxkQ57uQM1hew0Z44l7/MSzgMoGBY3iTC7F8ENR0
        -----END PRIVATE KEY-----
        """
}
