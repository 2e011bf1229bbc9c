// The journey with the AWS SDK for Go: what came of it as JSON, for the test to check.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/acmpca"
	"github.com/aws/aws-sdk-go-v2/service/acmpca/types"
)

type credentials struct{}

func (credentials) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{
		AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
	}, nil
}

var (
	background = context.Background()
	client     = acmpca.New(acmpca.Options{
		Credentials:      credentials{},
		Region:           os.Getenv("AWS_REGION"),
		EndpointResolver: acmpca.EndpointResolverFromURL(os.Getenv("AWS_ENDPOINT_URL_ACM_PCA")),
		Retryer:          retry.NewStandard(),
	})
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func create(kind types.CertificateAuthorityType, name string) *string {
	made, err := client.CreateCertificateAuthority(background, &acmpca.CreateCertificateAuthorityInput{
		CertificateAuthorityType: kind,
		CertificateAuthorityConfiguration: &types.CertificateAuthorityConfiguration{
			KeyAlgorithm:     types.KeyAlgorithmEcPrime256v1,
			SigningAlgorithm: types.SigningAlgorithmSha256withecdsa,
			Subject:          &types.ASN1Subject{CommonName: aws.String(name)},
		},
	})
	check(err)
	waiter := acmpca.NewCertificateAuthorityCSRCreatedWaiter(client)
	check(waiter.Wait(background, &acmpca.GetCertificateAuthorityCsrInput{
		CertificateAuthorityArn: made.CertificateAuthorityArn}, 10*time.Second))
	return made.CertificateAuthorityArn
}

func issue(issuer *string, csr, template string, days int64, api *types.ApiPassthrough) (string, *acmpca.GetCertificateOutput) {
	issued, err := client.IssueCertificate(background, &acmpca.IssueCertificateInput{
		CertificateAuthorityArn: issuer,
		Csr:                     []byte(csr),
		SigningAlgorithm:        types.SigningAlgorithmSha256withecdsa,
		TemplateArn:             aws.String("arn:aws:acm-pca:::template/" + template + "/V1"),
		Validity:                &types.Validity{Type: types.ValidityPeriodTypeDays, Value: aws.Int64(days)},
		ApiPassthrough:          api,
	})
	check(err)
	request := &acmpca.GetCertificateInput{CertificateAuthorityArn: issuer, CertificateArn: issued.CertificateArn}
	check(acmpca.NewCertificateIssuedWaiter(client).Wait(background, request, 10*time.Second))
	fetched, err := client.GetCertificate(background, request)
	check(err)
	return *issued.CertificateArn, fetched
}

func install(arn, issuer *string, template string, days int64) {
	csr, err := client.GetCertificateAuthorityCsr(background, &acmpca.GetCertificateAuthorityCsrInput{CertificateAuthorityArn: arn})
	check(err)
	_, issued := issue(issuer, *csr.Csr, template, days, nil)
	request := &acmpca.ImportCertificateAuthorityCertificateInput{
		CertificateAuthorityArn: arn, Certificate: []byte(*issued.Certificate)}
	if issued.CertificateChain != nil {
		request.CertificateChain = []byte(*issued.CertificateChain)
	}
	_, err = client.ImportCertificateAuthorityCertificate(background, request)
	check(err)
}

func main() {
	root := create(types.CertificateAuthorityTypeRoot, "Root")
	install(root, root, "RootCACertificate", 3650)
	subordinate := create(types.CertificateAuthorityTypeSubordinate, "Issuing")
	install(subordinate, root, "SubordinateCACertificate_PathLen0", 365)
	arn, leaf := issue(subordinate, os.Getenv("CSR"), "BlankEndEntityCertificate_APIPassthrough", 30,
		&types.ApiPassthrough{Subject: &types.ASN1Subject{CommonName: aws.String("from go")}})
	_, err := client.RevokeCertificate(background, &acmpca.RevokeCertificateInput{
		CertificateAuthorityArn: subordinate,
		CertificateSerial:       aws.String(arn[strings.LastIndex(arn, "/")+1:]),
		RevocationReason:        types.RevocationReasonKeyCompromise,
	})
	check(err)
	var listed [][]string
	pages := acmpca.NewListCertificateAuthoritiesPaginator(client,
		&acmpca.ListCertificateAuthoritiesInput{MaxResults: aws.Int32(1)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(background)
		check(err)
		var arns []string
		for _, ca := range page.CertificateAuthorities {
			arns = append(arns, *ca.Arn)
		}
		listed = append(listed, arns)
	}
	described, err := client.DescribeCertificateAuthority(background,
		&acmpca.DescribeCertificateAuthorityInput{CertificateAuthorityArn: root})
	check(err)
	_, err = client.DescribeCertificateAuthority(background,
		&acmpca.DescribeCertificateAuthorityInput{CertificateAuthorityArn: aws.String(os.Getenv("OTHER_ARN"))})
	var typed *types.InvalidArnException
	isTyped := errors.As(err, &typed)
	result := map[string]any{
		"root": root, "subordinate": subordinate, "listed": listed,
		"certificate": leaf.Certificate, "chain": leaf.CertificateChain,
		"created": described.CertificateAuthority.CreatedAt.UTC().Format("2006-01-02T15:04:05.000Z"),
		"error":   map[string]any{"typed": isTyped, "name": typed.ErrorCode(), "message": typed.ErrorMessage()},
	}
	check(json.NewEncoder(os.Stdout).Encode(result))
}
