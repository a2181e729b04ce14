// Writes the shapes of the built-in Kubernetes kinds: what the Go types of k8s.io/api say about each JSON field.
// In testbed/tools/k8s, whose module pins the version:
//
//	go run ../../../scripts/built-in-shapes/main.go > ../../../src/sim/api-server/shapes/built-in-shapes.json
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	resourcev1 "k8s.io/api/resource/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var shapes = map[string]map[string]string{}

var scalars = map[reflect.Type]string{
	reflect.TypeFor[metav1.Time]():                                     "time",
	reflect.TypeFor[metav1.MicroTime]():                                "microtime",
	reflect.TypeFor[resource.Quantity]():                               "quantity",
	reflect.TypeFor[intstr.IntOrString]():                              "intstr",
	reflect.TypeFor[runtime.RawExtension]():                            "any",
	reflect.TypeFor[metav1.FieldsV1]():                                 "any",
	reflect.TypeFor[apiextensionsv1.JSON]():                            "any",
	reflect.TypeFor[apiextensionsv1.JSONSchemaProps]():                 "any",
	reflect.TypeFor[apiextensionsv1.CustomResourceSubresourceStatus](): "any",
	reflect.TypeFor[[]byte]():                                          "bytes",
}

func name(t reflect.Type) string {
	parts := strings.Split(t.PkgPath(), "/")
	return strings.Join(parts[len(parts)-2:], ".") + "." + t.Name()
}

func expression(t reflect.Type) string {
	if known, ok := scalars[t]; ok {
		return known
	}
	switch t.Kind() {
	case reflect.Pointer:
		return expression(t.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint32, reflect.Uint64, reflect.Float64, reflect.Float32:
		return t.Kind().String()
	case reflect.Slice:
		return "[]" + expression(t.Elem())
	case reflect.Map:
		return "{}" + expression(t.Elem())
	case reflect.Struct:
		visit(t)
		return "@" + name(t)
	}
	return "any"
}

func visit(t reflect.Type) {
	if _, seen := shapes[name(t)]; seen {
		return
	}
	fields := map[string]string{}
	shapes[name(t)] = fields
	collect(t, fields)
}

func collect(t reflect.Type, fields map[string]string) {
	for i := range t.NumField() {
		field := t.Field(i)
		tag := strings.Split(field.Tag.Get("json"), ",")
		if tag[0] == "-" {
			continue
		}
		if tag[0] == "" {
			embedded := field.Type
			if embedded.Kind() == reflect.Pointer {
				embedded = embedded.Elem()
			}
			collect(embedded, fields)
			continue
		}
		text := expression(field.Type)
		if field.Type.Kind() == reflect.Pointer {
			text += "*"
		}
		for _, option := range tag[1:] {
			text += map[string]string{"omitempty": "?", "omitzero": "!"}[option]
		}
		if strategy := field.Tag.Get("patchStrategy"); strategy != "" {
			text += "|" + strategy
			if key := field.Tag.Get("patchMergeKey"); key != "" {
				text += "=" + key
			}
		}
		fields[tag[0]] = text
	}
}

func main() {
	for _, root := range []any{
		corev1.Node{}, corev1.Pod{}, corev1.Namespace{}, corev1.ConfigMap{}, corev1.Secret{}, corev1.Service{}, corev1.Endpoints{}, corev1.Event{},
		corev1.ServiceAccount{}, corev1.PersistentVolumeClaim{}, corev1.PersistentVolume{}, corev1.ResourceQuota{}, corev1.LimitRange{}, corev1.Binding{},
		corev1.ReplicationController{},
		appsv1.Deployment{}, appsv1.ReplicaSet{}, appsv1.DaemonSet{}, appsv1.StatefulSet{}, appsv1.ControllerRevision{}, batchv1.Job{}, batchv1.CronJob{},
		policyv1.PodDisruptionBudget{}, policyv1.Eviction{}, coordinationv1.Lease{}, eventsv1.Event{}, storagev1.VolumeAttachment{}, storagev1.CSINode{}, storagev1.StorageClass{},
		resourcev1.ResourceSlice{}, authorizationv1.SelfSubjectAccessReview{}, authorizationv1.SubjectAccessReview{}, authorizationv1.LocalSubjectAccessReview{},
		authorizationv1.SelfSubjectRulesReview{}, authenticationv1.SelfSubjectReview{}, authenticationv1.TokenReview{},
		rbacv1.Role{}, rbacv1.RoleBinding{}, rbacv1.ClusterRole{}, rbacv1.ClusterRoleBinding{}, schedulingv1.PriorityClass{}, autoscalingv1.Scale{},
		apiextensionsv1.CustomResourceDefinition{}, metav1.DeleteOptions{},
	} {
		visit(reflect.TypeOf(root))
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	encoder.Encode(shapes)
}
